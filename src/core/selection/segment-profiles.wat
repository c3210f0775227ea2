;; The shared part of the impulse-response profile, four segments a turn in two registers: the lanes hold segments, so
;; every sum runs in the same order as in the scalar twin (scalarProfiles) and every result is the same to the bit. Two
;; registers, because one chain of additions waits for itself: the second fills that wait.
;;
;; Memory: prices in row order from byte 0, one float64 per segment and $stride bytes a row. The window is the 50 rows from
;; byte $first. From $results on, one float64 per segment in five runs of $run bytes each: highest, lowest, rises, falls,
;; noise.
(module
  (memory (export "memory") 1)

  (func (export "compute")
    (param $first i32) (param $stride i32) (param $quads i32) (param $results i32) (param $run i32)
    (local $at i32) (local $end i32) (local $out i32) (local $noise i32) (local $zero v128)
    (local $step v128) (local $price v128)
    (local $previousA v128) (local $sumA v128) (local $highA v128) (local $lowA v128) (local $risesA v128)
    (local $fallsA v128)
    (local $previousB v128) (local $sumB v128) (local $highB v128) (local $lowB v128) (local $risesB v128)
    (local $fallsB v128)
    (local.set $out (local.get $results))
    (block $done
      (loop $each
        (br_if $done (i32.eqz (local.get $quads)))
        (local.set $end (i32.add (local.get $first) (i32.mul (local.get $stride) (i32.const 50))))

        ;; Running sum, its extremes, and the signs of the differences.
        (local.set $previousA (v128.load (local.get $first)))
        (local.set $previousB (v128.load offset=16 (local.get $first)))
        (local.set $sumA (local.get $zero))
        (local.set $sumB (local.get $zero))
        (local.set $risesA (local.get $zero))
        (local.set $risesB (local.get $zero))
        (local.set $fallsA (local.get $zero))
        (local.set $fallsB (local.get $zero))
        (local.set $highA (f64x2.splat (f64.const -inf)))
        (local.set $highB (local.get $highA))
        (local.set $lowA (f64x2.splat (f64.const inf)))
        (local.set $lowB (local.get $lowA))
        (local.set $at (i32.add (local.get $first) (local.get $stride)))
        (loop $walk
          (local.set $price (v128.load (local.get $at)))
          (local.set $step (f64x2.sub (local.get $price) (local.get $previousA)))
          (local.set $previousA (local.get $price))
          (local.set $sumA (f64x2.add (local.get $sumA) (local.get $step)))
          (local.set $highA (f64x2.pmax (local.get $highA) (local.get $sumA)))
          (local.set $lowA (f64x2.pmin (local.get $lowA) (local.get $sumA)))
          (local.set $risesA (i64x2.sub (local.get $risesA) (f64x2.gt (local.get $step) (local.get $zero))))
          (local.set $fallsA (i64x2.sub (local.get $fallsA) (f64x2.lt (local.get $step) (local.get $zero))))
          (local.set $price (v128.load offset=16 (local.get $at)))
          (local.set $step (f64x2.sub (local.get $price) (local.get $previousB)))
          (local.set $previousB (local.get $price))
          (local.set $sumB (f64x2.add (local.get $sumB) (local.get $step)))
          (local.set $highB (f64x2.pmax (local.get $highB) (local.get $sumB)))
          (local.set $lowB (f64x2.pmin (local.get $lowB) (local.get $sumB)))
          (local.set $risesB (i64x2.sub (local.get $risesB) (f64x2.gt (local.get $step) (local.get $zero))))
          (local.set $fallsB (i64x2.sub (local.get $fallsB) (f64x2.lt (local.get $step) (local.get $zero))))
          (local.set $at (i32.add (local.get $at) (local.get $stride)))
          (br_if $walk (i32.lt_u (local.get $at) (local.get $end))))

        ;; The signs were counted as 0 - (-1) - … in 64-bit lanes, whose lower halves become float64.
        (local.set $at (local.get $out))
        (v128.store (local.get $at) (local.get $highA))
        (v128.store offset=16 (local.get $at) (local.get $highB))
        (local.set $at (i32.add (local.get $at) (local.get $run)))
        (v128.store (local.get $at) (local.get $lowA))
        (v128.store offset=16 (local.get $at) (local.get $lowB))
        (local.set $at (i32.add (local.get $at) (local.get $run)))
        (v128.store (local.get $at)
          (f64x2.convert_low_i32x4_u
            (i8x16.shuffle 0 1 2 3 8 9 10 11 0 1 2 3 8 9 10 11 (local.get $risesA) (local.get $risesA))))
        (v128.store offset=16 (local.get $at)
          (f64x2.convert_low_i32x4_u
            (i8x16.shuffle 0 1 2 3 8 9 10 11 0 1 2 3 8 9 10 11 (local.get $risesB) (local.get $risesB))))
        (local.set $at (i32.add (local.get $at) (local.get $run)))
        (v128.store (local.get $at)
          (f64x2.convert_low_i32x4_u
            (i8x16.shuffle 0 1 2 3 8 9 10 11 0 1 2 3 8 9 10 11 (local.get $fallsA) (local.get $fallsA))))
        (v128.store offset=16 (local.get $at)
          (f64x2.convert_low_i32x4_u
            (i8x16.shuffle 0 1 2 3 8 9 10 11 0 1 2 3 8 9 10 11 (local.get $fallsB) (local.get $fallsB))))
        (local.set $noise (i32.add (local.get $at) (local.get $run)))

        ;; Population variance in a second pass over the same differences. $sum is the mean from here on, $high the squares.
        (local.set $sumA (f64x2.div (local.get $sumA) (f64x2.splat (f64.const 49))))
        (local.set $sumB (f64x2.div (local.get $sumB) (f64x2.splat (f64.const 49))))
        (local.set $previousA (v128.load (local.get $first)))
        (local.set $previousB (v128.load offset=16 (local.get $first)))
        (local.set $highA (local.get $zero))
        (local.set $highB (local.get $zero))
        (local.set $at (i32.add (local.get $first) (local.get $stride)))
        (loop $deviate
          (local.set $price (v128.load (local.get $at)))
          (local.set $step (f64x2.sub (f64x2.sub (local.get $price) (local.get $previousA)) (local.get $sumA)))
          (local.set $previousA (local.get $price))
          (local.set $highA (f64x2.add (local.get $highA) (f64x2.mul (local.get $step) (local.get $step))))
          (local.set $price (v128.load offset=16 (local.get $at)))
          (local.set $step (f64x2.sub (f64x2.sub (local.get $price) (local.get $previousB)) (local.get $sumB)))
          (local.set $previousB (local.get $price))
          (local.set $highB (f64x2.add (local.get $highB) (f64x2.mul (local.get $step) (local.get $step))))
          (local.set $at (i32.add (local.get $at) (local.get $stride)))
          (br_if $deviate (i32.lt_u (local.get $at) (local.get $end))))
        (v128.store (local.get $noise) (f64x2.div (local.get $highA) (f64x2.splat (f64.const 49))))
        (v128.store offset=16 (local.get $noise) (f64x2.div (local.get $highB) (f64x2.splat (f64.const 49))))

        (local.set $first (i32.add (local.get $first) (i32.const 32)))
        (local.set $out (i32.add (local.get $out) (i32.const 32)))
        (local.set $quads (i32.sub (local.get $quads) (i32.const 1)))
        (br $each)))))
