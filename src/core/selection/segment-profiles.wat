;; The shared part of the impulse-response profile, two segments per register: the lanes hold segments, so every sum runs
;; in the same order as in the scalar twin (scalarProfiles) and every result is the same to the bit.
;;
;; Memory: prices from byte 0, 50 × 2 float64 per pair, side by side. Then, from $results, one pair of float64 per pair of
;; segments in five runs of $run bytes each: highest, lowest, rises, falls, noise.
(module
  (memory (export "memory") 1)
  (func (export "compute") (param $pairs i32) (param $results i32) (param $run i32)
    (local $pair i32) (local $at i32) (local $end i32) (local $out i32)
    (local $price v128) (local $previous v128) (local $step v128) (local $sum v128) (local $high v128) (local $low v128)
    (local $rises v128) (local $falls v128) (local $mean v128) (local $squares v128) (local $zero v128) (local $one v128)
    (local.set $one (f64x2.splat (f64.const 1)))
    (local.set $out (local.get $results))
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $pair) (local.get $pairs)))
        (local.set $end (i32.add (local.get $at) (i32.const 800)))

        ;; Running sum, its extremes, and the signs of the differences.
        (local.set $previous (v128.load (local.get $at)))
        (local.set $sum (local.get $zero))
        (local.set $rises (local.get $zero))
        (local.set $falls (local.get $zero))
        (local.set $high (f64x2.splat (f64.const -inf)))
        (local.set $low (f64x2.splat (f64.const inf)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (loop $walk
          (local.set $price (v128.load (local.get $at)))
          (local.set $step (f64x2.sub (local.get $price) (local.get $previous)))
          (local.set $previous (local.get $price))
          (local.set $sum (f64x2.add (local.get $sum) (local.get $step)))
          (local.set $high (f64x2.pmax (local.get $high) (local.get $sum)))
          (local.set $low (f64x2.pmin (local.get $low) (local.get $sum)))
          (local.set $rises (f64x2.add (local.get $rises)
            (v128.and (f64x2.gt (local.get $step) (local.get $zero)) (local.get $one))))
          (local.set $falls (f64x2.add (local.get $falls)
            (v128.and (f64x2.lt (local.get $step) (local.get $zero)) (local.get $one))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $walk (i32.lt_u (local.get $at) (local.get $end))))

        ;; Population variance in a second pass over the same differences.
        (local.set $mean (f64x2.div (local.get $sum) (f64x2.splat (f64.const 49))))
        (local.set $at (i32.sub (local.get $end) (i32.const 800)))
        (local.set $previous (v128.load (local.get $at)))
        (local.set $squares (local.get $zero))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (loop $deviate
          (local.set $price (v128.load (local.get $at)))
          (local.set $step (f64x2.sub (f64x2.sub (local.get $price) (local.get $previous)) (local.get $mean)))
          (local.set $previous (local.get $price))
          (local.set $squares (f64x2.add (local.get $squares) (f64x2.mul (local.get $step) (local.get $step))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $deviate (i32.lt_u (local.get $at) (local.get $end))))

        (v128.store (local.get $out) (local.get $high))
        (v128.store (i32.add (local.get $out) (local.get $run)) (local.get $low))
        (v128.store (i32.add (local.get $out) (i32.mul (local.get $run) (i32.const 2))) (local.get $rises))
        (v128.store (i32.add (local.get $out) (i32.mul (local.get $run) (i32.const 3))) (local.get $falls))
        (v128.store (i32.add (local.get $out) (i32.mul (local.get $run) (i32.const 4)))
          (f64x2.div (local.get $squares) (f64x2.splat (f64.const 49))))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (local.set $pair (i32.add (local.get $pair) (i32.const 1)))
        (br $each)))))
