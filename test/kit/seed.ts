import fc from 'fast-check'

// One seed for every random test of a run; `SEED=n npm test` repeats it.
fc.configureGlobal({ seed: Number(process.env.SEED) })
