;; The inner loops of the Parquet decoder; everything else is TypeScript. `kernels.ts` wraps these functions,
;; `kernels.wasm.ts` holds them assembled, and a test assembles this file again and compares.
;;
;; All pointers are byte offsets into the one memory. Inputs end at an explicit end, and every function checks that it
;; neither reads a value from beyond it nor writes a value beyond its output; wide loads and stores may touch up to
;; 16 bytes more, which the caller keeps free behind every region. Status results: 0 is success.
(module
  ;; At most 2 GiB, so that pointer arithmetic stays within 31 bits.
  (memory (export "memory") 2 32768)

  ;; The cursor of $varint. A varint that runs over $limit or 10 bytes sets $failed and reads as 0.
  (global $at (mut i32) (i32.const 0))
  (global $limit (mut i32) (i32.const 0))
  (global $failed (mut i32) (i32.const 0))

  (func $varint (result i64)
    (local $byte i64) (local $shift i64) (local $value i64)
    (loop $next
      (if (i32.or (i32.ge_u (global.get $at) (global.get $limit)) (i64.gt_u (local.get $shift) (i64.const 63)))
        (then (global.set $failed (i32.const 1)) (return (i64.const 0))))
      (local.set $byte (i64.load8_u (global.get $at)))
      (global.set $at (i32.add (global.get $at) (i32.const 1)))
      (local.set $value
        (i64.or (local.get $value) (i64.shl (i64.and (local.get $byte) (i64.const 0x7f)) (local.get $shift))))
      (local.set $shift (i64.add (local.get $shift) (i64.const 7)))
      (br_if $next (i64.ge_u (local.get $byte) (i64.const 0x80))))
    (local.get $value))

  (func $zigzag (result i64)
    (local $raw i64)
    (local.set $raw (call $varint))
    (i64.xor (i64.shr_u (local.get $raw) (i64.const 1)) (i64.sub (i64.const 0) (i64.and (local.get $raw) (i64.const 1)))))

  ;; Snappy block (after its length preamble) into [dst, dstEnd). 1: malformed or another length than promised.
  (func (export "snappy") (param $src i32) (param $srcEnd i32) (param $dst i32) (param $dstEnd i32) (result i32)
    (local $start i32) (local $tag i32) (local $length i32) (local $offset i32) (local $stop i32)
    (local.set $start (local.get $dst))
    (block $done
      (loop $element
        (br_if $done (i32.ge_u (local.get $src) (local.get $srcEnd)))
        (local.set $tag (i32.load8_u (local.get $src)))
        (local.set $src (i32.add (local.get $src) (i32.const 1)))
        (if (i32.eqz (i32.and (local.get $tag) (i32.const 3)))
          (then ;; literal: the length less one is in the tag, or in the 1 to 4 bytes after it
            (local.set $length (i32.add (i32.shr_u (local.get $tag) (i32.const 2)) (i32.const 1)))
            (if (i32.gt_u (local.get $length) (i32.const 60))
              (then
                (local.set $offset (i32.sub (local.get $length) (i32.const 60)))
                (if (i32.gt_u (local.get $offset) (i32.sub (local.get $srcEnd) (local.get $src)))
                  (then (return (i32.const 1))))
                (local.set $length
                  (i32.add
                    (i32.and
                      (i32.load (local.get $src))
                      (i32.shr_u (i32.const -1) (i32.sub (i32.const 32) (i32.shl (local.get $offset) (i32.const 3)))))
                    (i32.const 1)))
                (local.set $src (i32.add (local.get $src) (local.get $offset)))))
            (if
              (i32.or
                (i32.gt_u (local.get $length) (i32.sub (local.get $srcEnd) (local.get $src)))
                (i32.gt_u (local.get $length) (i32.sub (local.get $dstEnd) (local.get $dst))))
              (then (return (i32.const 1))))
            (if (i32.gt_u (local.get $length) (i32.const 64))
              (then
                (memory.copy (local.get $dst) (local.get $src) (local.get $length))
                (local.set $dst (i32.add (local.get $dst) (local.get $length)))
                (local.set $src (i32.add (local.get $src) (local.get $length))))
              (else
                (local.set $stop (i32.add (local.get $dst) (local.get $length)))
                (local.set $src (i32.add (local.get $src) (local.get $length)))
                (loop $wide
                  (v128.store
                    (local.get $dst)
                    (v128.load (i32.add (i32.sub (local.get $src) (local.get $stop)) (local.get $dst))))
                  (local.set $dst (i32.add (local.get $dst) (i32.const 16)))
                  (br_if $wide (i32.lt_u (local.get $dst) (local.get $stop))))
                (local.set $dst (local.get $stop)))))
          (else ;; copy of earlier output, 1 to 64 bytes, $offset back
            (if (i32.eq (i32.and (local.get $tag) (i32.const 3)) (i32.const 1))
              (then
                (local.set $length (i32.add (i32.and (i32.shr_u (local.get $tag) (i32.const 2)) (i32.const 7)) (i32.const 4)))
                (local.set $offset
                  (i32.or
                    (i32.shl (i32.and (local.get $tag) (i32.const 0xe0)) (i32.const 3))
                    (i32.load8_u (local.get $src))))
                (local.set $src (i32.add (local.get $src) (i32.const 1))))
              (else
                (local.set $length (i32.add (i32.shr_u (local.get $tag) (i32.const 2)) (i32.const 1)))
                (if (i32.eq (i32.and (local.get $tag) (i32.const 3)) (i32.const 2))
                  (then
                    (local.set $offset (i32.load16_u (local.get $src)))
                    (local.set $src (i32.add (local.get $src) (i32.const 2))))
                  (else
                    (local.set $offset (i32.load (local.get $src)))
                    (local.set $src (i32.add (local.get $src) (i32.const 4)))))))
            (if
              (i32.or
                (i32.or
                  (i32.gt_u (local.get $src) (local.get $srcEnd))
                  (i32.gt_u (local.get $length) (i32.sub (local.get $dstEnd) (local.get $dst))))
                (i32.ge_u (i32.sub (local.get $offset) (i32.const 1)) (i32.sub (local.get $dst) (local.get $start))))
              (then (return (i32.const 1))))
            (local.set $stop (i32.add (local.get $dst) (local.get $length)))
            (if (i32.ge_u (local.get $offset) (i32.const 16))
              (then
                (loop $wide
                  (v128.store (local.get $dst) (v128.load (i32.sub (local.get $dst) (local.get $offset))))
                  (local.set $dst (i32.add (local.get $dst) (i32.const 16)))
                  (br_if $wide (i32.lt_u (local.get $dst) (local.get $stop)))))
              (else
                (if (i32.ge_u (local.get $offset) (i32.const 8))
                  (then
                    (loop $word
                      (i64.store (local.get $dst) (i64.load (i32.sub (local.get $dst) (local.get $offset))))
                      (local.set $dst (i32.add (local.get $dst) (i32.const 8)))
                      (br_if $word (i32.lt_u (local.get $dst) (local.get $stop)))))
                  (else
                    (loop $byte
                      (i32.store8 (local.get $dst) (i32.load8_u (i32.sub (local.get $dst) (local.get $offset))))
                      (local.set $dst (i32.add (local.get $dst) (i32.const 1)))
                      (br_if $byte (i32.lt_u (local.get $dst) (local.get $stop))))))))
            (local.set $dst (local.get $stop))))
        (br $element)))
    (i32.ne (local.get $dst) (local.get $dstEnd)))

  ;; Dictionary page values: indices in the RLE / bit-packed hybrid at [src, srcEnd), $width bits each, replaced by the
  ;; 8-byte entries at $dict. 1: the indices end early; 2: an index beyond the dictionary.
  (func (export "gather")
    (param $src i32) (param $srcEnd i32) (param $width i32) (param $count i32)
    (param $dict i32) (param $entries i32) (param $out i32) (result i32)
    (local $end i32) (local $stop i32) (local $header i64) (local $run i32) (local $index i32) (local $bit i32)
    (local $mask i64) (local $last i32) (local $over i32) (local $entry i64) (local $bits i64) (local $half i32)
    (local $halfShift i64) (local $w i64)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 3))))
    (local.set $last (i32.sub (local.get $entries) (i32.const 1)))
    (local.set $w (i64.extend_i32_u (local.get $width)))
    (local.set $mask (i64.sub (i64.shl (i64.const 1) (local.get $w)) (i64.const 1)))
    ;; Eight values of up to 16 bits are two loads of four: the second starts at bit 4 × width.
    (local.set $half (i32.shr_u (local.get $width) (i32.const 1)))
    (local.set $halfShift (i64.shl (i64.and (local.get $w) (i64.const 1)) (i64.const 2)))
    (global.set $at (local.get $src))
    (global.set $limit (local.get $srcEnd))
    (global.set $failed (i32.const 0))
    (block $done
      (loop $runs
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $header (call $varint))
        (if (i32.or (global.get $failed) (i64.gt_u (local.get $header) (i64.const 0xffffffff)))
          (then (return (i32.const 1))))
        (local.set $src (global.get $at))
        (local.set $run (i32.shr_u (i32.sub (local.get $end) (local.get $out)) (i32.const 3))) ;; values still wanted
        (if (i64.eqz (i64.and (local.get $header) (i64.const 1)))
          (then ;; one index, repeated
            (if (i64.lt_u (i64.shr_u (local.get $header) (i64.const 1)) (i64.extend_i32_u (local.get $run)))
              (then (local.set $run (i32.wrap_i64 (i64.shr_u (local.get $header) (i64.const 1))))))
            (local.set $bit (i32.shr_u (i32.add (local.get $width) (i32.const 7)) (i32.const 3)))
            (if (i32.gt_u (local.get $bit) (i32.sub (local.get $srcEnd) (local.get $src)))
              (then (return (i32.const 1))))
            (local.set $index (i32.wrap_i64 (i64.and (i64.load (local.get $src)) (local.get $mask))))
            (if (i32.gt_u (local.get $index) (local.get $last)) (then (return (i32.const 2))))
            (local.set $entry (i64.load (i32.add (local.get $dict) (i32.shl (local.get $index) (i32.const 3)))))
            (local.set $stop (i32.add (local.get $out) (i32.shl (local.get $run) (i32.const 3))))
            (block $filled
              (loop $fill
                (br_if $filled (i32.ge_u (local.get $out) (local.get $stop)))
                (i64.store (local.get $out) (local.get $entry))
                (local.set $out (i32.add (local.get $out) (i32.const 8)))
                (br $fill)))
            (global.set $at (i32.add (local.get $src) (local.get $bit))))
          (else ;; groups of eight packed indices
            (local.set $header (i64.shl (i64.shr_u (local.get $header) (i64.const 1)) (i64.const 3)))
            (if (i64.lt_u (local.get $header) (i64.extend_i32_u (local.get $run)))
              (then (local.set $run (i32.wrap_i64 (local.get $header)))))
            (local.set $bit (i32.shr_u (i32.add (i32.mul (local.get $run) (local.get $width)) (i32.const 7)) (i32.const 3)))
            (if (i32.gt_u (local.get $bit) (i32.sub (local.get $srcEnd) (local.get $src)))
              (then (return (i32.const 1))))
            (global.set $at (i32.add (local.get $src) (local.get $bit)))
            (local.set $stop (i32.add (local.get $out) (i32.shl (local.get $run) (i32.const 3))))
            (local.set $bit (i32.const 0))
            (block $unpacked
              (loop $unpack
                (br_if $unpacked (i32.ge_u (local.get $out) (local.get $stop)))
                (local.set $index
                  (i32.wrap_i64
                    (i64.and
                      (i64.shr_u
                        (i64.load (i32.add (local.get $src) (i32.shr_u (local.get $bit) (i32.const 3))))
                        (i64.extend_i32_u (i32.and (local.get $bit) (i32.const 7))))
                      (local.get $mask))))
                ;; The sign of $over remembers an index beyond the dictionary; what it loads is thrown away with the page.
                (local.set $over (i32.or (local.get $over) (i32.sub (local.get $last) (local.get $index))))
                (i64.store
                  (local.get $out)
                  (i64.load (i32.add (local.get $dict) (i32.shl (local.get $index) (i32.const 3)))))
                (local.set $bit (i32.add (local.get $bit) (local.get $width)))
                (local.set $out (i32.add (local.get $out) (i32.const 8)))
                (br $unpack)))
            (if (i32.lt_s (local.get $over) (i32.const 0)) (then (return (i32.const 2))))))
        (br $runs)))
    (i32.const 0))

  ;; Definition levels of an optional column (one bit each, same hybrid) into a byte per row at $out.
  ;; Gives the number of ones, or -1 where the levels end early.
  (func (export "levels") (param $src i32) (param $srcEnd i32) (param $count i32) (param $out i32) (result i32)
    (local $end i32) (local $stop i32) (local $header i64) (local $run i32) (local $level i32) (local $bit i32) (local $ones i32)
    (local.set $end (i32.add (local.get $out) (local.get $count)))
    (global.set $at (local.get $src))
    (global.set $limit (local.get $srcEnd))
    (global.set $failed (i32.const 0))
    (block $done
      (loop $runs
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $header (call $varint))
        (if (i32.or (global.get $failed) (i64.gt_u (local.get $header) (i64.const 0xffffffff)))
          (then (return (i32.const -1))))
        (local.set $src (global.get $at))
        (local.set $run (i32.sub (local.get $end) (local.get $out)))
        (if (i64.eqz (i64.and (local.get $header) (i64.const 1)))
          (then
            (if (i64.lt_u (i64.shr_u (local.get $header) (i64.const 1)) (i64.extend_i32_u (local.get $run)))
              (then (local.set $run (i32.wrap_i64 (i64.shr_u (local.get $header) (i64.const 1))))))
            (if (i32.ge_u (local.get $src) (local.get $srcEnd)) (then (return (i32.const -1))))
            (local.set $level (i32.and (i32.load8_u (local.get $src)) (i32.const 1)))
            (memory.fill (local.get $out) (local.get $level) (local.get $run))
            (local.set $ones (i32.add (local.get $ones) (i32.mul (local.get $level) (local.get $run))))
            (local.set $out (i32.add (local.get $out) (local.get $run)))
            (global.set $at (i32.add (local.get $src) (i32.const 1))))
          (else
            (local.set $header (i64.shl (i64.shr_u (local.get $header) (i64.const 1)) (i64.const 3)))
            (if (i64.lt_u (local.get $header) (i64.extend_i32_u (local.get $run)))
              (then (local.set $run (i32.wrap_i64 (local.get $header)))))
            (local.set $bit (i32.shr_u (i32.add (local.get $run) (i32.const 7)) (i32.const 3)))
            (if (i32.gt_u (local.get $bit) (i32.sub (local.get $srcEnd) (local.get $src)))
              (then (return (i32.const -1))))
            (global.set $at (i32.add (local.get $src) (local.get $bit)))
            (local.set $stop (i32.add (local.get $out) (local.get $run)))
            (local.set $bit (i32.const 0))
            (block $unpacked
              (loop $unpack
                (br_if $unpacked (i32.ge_u (local.get $out) (local.get $stop)))
                (local.set $level
                  (i32.and
                    (i32.shr_u
                      (i32.load8_u (i32.add (local.get $src) (i32.shr_u (local.get $bit) (i32.const 3))))
                      (i32.and (local.get $bit) (i32.const 7)))
                    (i32.const 1)))
                (i32.store8 (local.get $out) (local.get $level))
                (local.set $ones (i32.add (local.get $ones) (local.get $level)))
                (local.set $bit (i32.add (local.get $bit) (i32.const 1)))
                (local.set $out (i32.add (local.get $out) (i32.const 1)))
                (br $unpack)))))
        (br $runs)))
    (local.get $ones))

  ;; Spreads the dense 8-byte values at $src over $count rows: the next one where the row's level is 1, else $missing.
  (func (export "spread") (param $levels i32) (param $count i32) (param $src i32) (param $out i32) (param $missing i64)
    (local $end i32)
    (local.set $end (i32.add (local.get $levels) (local.get $count)))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $levels) (local.get $end)))
        (i64.store
          (local.get $out)
          (select (i64.load (local.get $src)) (local.get $missing) (i32.load8_u (local.get $levels))))
        (local.set $src (i32.add (local.get $src) (i32.shl (i32.load8_u (local.get $levels)) (i32.const 3))))
        (local.set $levels (i32.add (local.get $levels) (i32.const 1)))
        (local.set $out (i32.add (local.get $out) (i32.const 8)))
        (br $row))))

  ;; DELTA_BINARY_PACKED into 8-byte integers; $narrow keeps the low 32 bits, signed (INT32 arithmetic wraps).
  ;; 1: ends early; 2: a header that no writer makes; 3: another number of values than the page says.
  (func (export "delta") (param $src i32) (param $srcEnd i32) (param $count i32) (param $narrow i32) (param $out i32) (result i32)
    (local $end i32) (local $stop i32) (local $value i64) (local $min i64) (local $block i64) (local $minis i64)
    (local $mini i32) (local $widths i32) (local $widthsEnd i32) (local $w i64) (local $bit i32) (local $run i32)
    (local $mask i64) (local $delta i64) (local $from i32) (local $shift i64)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 3))))
    (global.set $at (local.get $src))
    (global.set $limit (local.get $srcEnd))
    (global.set $failed (i32.const 0))
    (local.set $block (call $varint))
    (local.set $minis (call $varint))
    (if (i64.ne (call $varint) (i64.extend_i32_u (local.get $count))) (then (return (i32.const 3))))
    (local.set $value (call $zigzag))
    (if (global.get $failed) (then (return (i32.const 1))))
    (if (i32.eqz (local.get $count)) (then (return (i32.const 0))))
    (if (i32.or (i64.eqz (local.get $minis)) (i64.gt_u (local.get $block) (i64.const 0x1000000)))
      (then (return (i32.const 2))))
    (if (i64.gt_u (local.get $minis) (local.get $block)) (then (return (i32.const 2))))
    (local.set $mini (i32.wrap_i64 (i64.div_u (local.get $block) (local.get $minis))))
    (if (i32.or (i32.eqz (local.get $mini)) (i32.and (local.get $mini) (i32.const 7))) (then (return (i32.const 2))))
    (i64.store (local.get $out) (local.get $value))
    (local.set $out (i32.add (local.get $out) (i32.const 8)))
    (block $done
      (loop $blocks
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $min (call $zigzag))
        (local.set $widths (global.get $at))
        (if
          (i32.or
            (global.get $failed)
            (i64.gt_u (local.get $minis) (i64.extend_i32_u (i32.sub (local.get $srcEnd) (local.get $widths)))))
          (then (return (i32.const 1))))
        (local.set $widthsEnd (i32.add (local.get $widths) (i32.wrap_i64 (local.get $minis))))
        (global.set $at (local.get $widthsEnd))
        (loop $miniblocks
          (local.set $w (i64.load8_u (local.get $widths)))
          (if (i64.gt_u (local.get $w) (i64.const 64)) (then (return (i32.const 2))))
          (local.set $mask (i64.shr_u (i64.const -1) (i64.sub (i64.const 64) (local.get $w))))
          (if (i64.eqz (local.get $w)) (then (local.set $mask (i64.const 0))))
          (local.set $run (i32.shr_u (i32.sub (local.get $end) (local.get $out)) (i32.const 3)))
          (if (i32.gt_u (local.get $run) (local.get $mini)) (then (local.set $run (local.get $mini))))
          (local.set $src (global.get $at))
          (local.set $bit
            (i32.shr_u (i32.add (i32.mul (local.get $run) (i32.wrap_i64 (local.get $w))) (i32.const 7)) (i32.const 3)))
          (if (i32.gt_u (local.get $bit) (i32.sub (local.get $srcEnd) (local.get $src)))
            (then (return (i32.const 1))))
          (global.set $at (i32.add (local.get $src) (local.get $bit)))
          (local.set $stop (i32.add (local.get $out) (i32.shl (local.get $run) (i32.const 3))))
          (local.set $bit (i32.const 0))
          (block $unpacked
            (loop $unpack
              (br_if $unpacked (i32.ge_u (local.get $out) (local.get $stop)))
              (local.set $from (i32.add (local.get $src) (i32.shr_u (local.get $bit) (i32.const 3))))
              (local.set $shift (i64.extend_i32_u (i32.and (local.get $bit) (i32.const 7))))
              (local.set $delta (i64.shr_u (i64.load (local.get $from)) (local.get $shift)))
              (if (i64.gt_u (i64.add (local.get $shift) (local.get $w)) (i64.const 64))
                (then ;; the value reaches into a ninth byte
                  (local.set $delta
                    (i64.or
                      (local.get $delta)
                      (i64.shl (i64.load8_u offset=8 (local.get $from)) (i64.sub (i64.const 64) (local.get $shift)))))))
              (local.set $value
                (i64.add (local.get $value) (i64.add (local.get $min) (i64.and (local.get $delta) (local.get $mask)))))
              (if (local.get $narrow) (then (local.set $value (i64.extend32_s (local.get $value)))))
              (i64.store (local.get $out) (local.get $value))
              (local.set $bit (i32.add (local.get $bit) (i32.wrap_i64 (local.get $w))))
              (local.set $out (i32.add (local.get $out) (i32.const 8)))
              (br $unpack)))
          (local.set $widths (i32.add (local.get $widths) (i32.const 1)))
          (br_if $miniblocks
            (i32.and (i32.lt_u (local.get $widths) (local.get $widthsEnd)) (i32.lt_u (local.get $out) (local.get $end)))))
        (br $blocks)))
    (i32.const 0))

  ;; BYTE_STREAM_SPLIT: $width streams of $count bytes, byte k of every value in stream k.
  (func (export "unsplit") (param $src i32) (param $count i32) (param $width i32) (param $out i32)
    (local $stream i32) (local $i i32) (local $to i32)
    (loop $streams
      (local.set $i (i32.const 0))
      (local.set $to (i32.add (local.get $out) (local.get $stream)))
      (block $done
        (loop $bytes
          (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
          (i32.store8 (local.get $to) (i32.load8_u (i32.add (local.get $src) (local.get $i))))
          (local.set $to (i32.add (local.get $to) (local.get $width)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $bytes)))
      (local.set $src (i32.add (local.get $src) (local.get $count)))
      (local.set $stream (i32.add (local.get $stream) (i32.const 1)))
      (br_if $streams (i32.lt_u (local.get $stream) (local.get $width)))))

  ;; Multiplies $count int64 values at $at by $factor in place. Gives the index of the first whose product would not
  ;; fit, $count where all do; $bound is the largest magnitude that fits.
  (func (export "scale") (param $at i32) (param $count i32) (param $factor i64) (param $bound i64) (result i32)
    (local $i i32) (local $value i64)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
        (local.set $value (i64.load (local.get $at)))
        (br_if $done (i64.gt_s (local.get $value) (local.get $bound)))
        (br_if $done (i64.lt_s (local.get $value) (i64.sub (i64.const 0) (local.get $bound))))
        (i64.store (local.get $at) (i64.mul (local.get $value) (local.get $factor)))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $i))

  ;; $count 8-byte integers at $at become float64 in place, rounded to nearest.
  (func (export "float") (param $at i32) (param $count i32) (param $unsigned i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 3))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (f64.store
          (local.get $at)
          (select
            (f64.convert_i64_u (i64.load (local.get $at)))
            (f64.convert_i64_s (i64.load (local.get $at)))
            (local.get $unsigned)))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $next))))

  ;; A 64-bit checksum of $size bytes (a multiple of 16) at $at: Fletcher sums over two lanes of 64 bits. It notices every
  ;; changed bit and moved word at the speed of memory; it is no protection against intent.
  (func (export "checksum") (param $at i32) (param $size i32) (result i64)
    (local $end i32) (local $sum v128) (local $sums v128)
    (local.set $end (i32.add (local.get $at) (local.get $size)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $sum (i64x2.add (local.get $sum) (v128.load (local.get $at))))
        (local.set $sums (i64x2.add (local.get $sums) (local.get $sum)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (i64.xor
      (i64.add (i64x2.extract_lane 0 (local.get $sum)) (i64.rotl (i64x2.extract_lane 1 (local.get $sum)) (i64.const 17)))
      (i64.add
        (i64.rotl (i64x2.extract_lane 0 (local.get $sums)) (i64.const 31))
        (i64.rotl (i64x2.extract_lane 1 (local.get $sums)) (i64.const 47)))))
)
