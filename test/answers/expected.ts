/** Digests of a market's answers: those of its first FIRST bids, and those of all. */
export interface ExpectedAnswers {
  readonly first: string;
  readonly whole: string;
}

/** Bids of each market whose answers every run of the tests compares. */
export const FIRST = 60;

/** What every version since 0.1.0 answers; a change that is meant to answer otherwise writes them anew (`npm run answers`). */
export const EXPECTED: Readonly<Record<string, ExpectedAnswers>> = {
  testbed: {
    first: '0b815dcaee4535aedbd8a31afc5bad70c57d650c873e10381adc78fe12495feb',
    whole: '4ea1a507e9f01f02a2a703bebe78af582368260385f4754fcc3b714693e5f11d',
  },
  'short of funds': {
    first: '94c41376052b33a7e4d4e8492faaf3d42d9cd036683f967ab7a4040be27e4024',
    whole: '05ebca6d5088a62c10c03564f98be5a85671403ec04b3316fa074a0da5ec5e53',
  },
  'small and tight': {
    first: 'b5f02fe44f2a0cc652956fe719f5101ac24d2bc343ac9088667ae45f78c18ca4',
    whole: 'd9dcdf9f63ea1175076b9c3e022071211b5e6682e75922712f12f86e558a1200',
  },
  'small and roomy': {
    first: '01312573e512f52f7eab923bbc99d99827b02cfd2f1a991b524e5efc10e5ecc0',
    whole: 'ea10ed7294c732a1a169dd13a63864c2a3807fa87ec68aa0cd786b5138900d92',
  },
  'by the hour': {
    first: 'b5763d19dc5755ed062ef4115a6cbf92251b6200619b9480054f312e2f4311f7',
    whole: '233f1ba43646c26e8614cb3ce207f9d1505a288762e476d7e21b45ba6c63312a',
  },
  'one chunk among many sites': {
    first: '428d2ff099456581ca1084a3510067999ec4bbca4963fabc07659ff00b1ec904',
    whole: '63ac499cfb8f53bd4dcb14498a4c1839fa72e18afb9385febc8afe1952c9d77f',
  },
  simulator: {
    first: 'f8e06666f0da9764c343001992befd1b6ded71bdd159e58f98ba6eee85b5bfa1',
    whole: '94ad220be2620bf07b2085214410c30eaaef5cd016c9f6fbb62485ef336871da',
  },
  vast: {
    first: '290f2576494791021dc8ae888358aa207a961e81b6c0b34bce6d8dc1c7346783',
    whole: '290f2576494791021dc8ae888358aa207a961e81b6c0b34bce6d8dc1c7346783',
  },
};
