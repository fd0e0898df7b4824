// Scripts see one moment that goes on from there, and the same random numbers each time.
((start) => {
  const Real = Date, begun = performance.now();
  const now = () => start + Math.floor(performance.now() - begun);
  const Fixed = function (...args) {
    if (!new.target) return new Real(now()).toString();
    return args.length ? Reflect.construct(Real, args, new.target) : Reflect.construct(Real, [now()], new.target);
  };
  Fixed.prototype = Real.prototype;
  Fixed.now = now; Fixed.parse = Real.parse; Fixed.UTC = Real.UTC;
  globalThis.Date = Fixed;
  let seed = 0x2545f491;
  Math.random = () => {
    seed |= 0; seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
})
