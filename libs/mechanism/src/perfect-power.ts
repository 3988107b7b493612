/** odd * 2^twos = a double, exactly. */
function dyadicOf(value: number): { odd: bigint; twos: number } {
  let whole = value;
  let twos = 0;
  for (; !Number.isInteger(whole); twos--) whole *= 2;
  let odd = BigInt(whole);
  for (; odd % 2n === 0n; twos++) odd /= 2n;
  return { odd, twos };
}

/** The most that an odd number of 53 bits, three at least, can be a power of. */
const POWER_MAX = 33;

/**
 * A double as the highest power of a rational number that it is: (odd * 2^twos)^power. A double is dyadic, so that its root is; and its power by
 * p/q in lowest terms is rational only where q divides `power` (docs/decisions/oracle.md).
 * @param value > 0, finite.
 */
export function perfectPowerOf(value: number): { odd: bigint; twos: number; power: number } {
  const { odd, twos } = dyadicOf(value);
  if (odd === 1n) return twos === 0 ? { odd, twos, power: 1 } : { odd, twos: Math.sign(twos), power: Math.abs(twos) };
  for (let power = POWER_MAX; power > 1; power--) {
    if (twos % power !== 0) continue;
    const root = BigInt(Math.round(Number(odd) ** (1 / power)));
    if (root ** BigInt(power) === odd) return { odd: root, twos: twos / power, power };
  }
  return { odd, twos, power: 1 };
}

/**
 * unit * (gamma^u - 1), rounded half up, for every u at which gamma^u is rational: u = j / power, j = 0 … power.
 * @param gamma >= 1; @param unitMicros whole. @returns micro-credits, the nearest double beyond 2^53.
 */
export function rationalRaises(gamma: number, unitMicros: number): number[] {
  const { odd, twos, power } = perfectPowerOf(gamma);
  return Array.from({ length: power + 1 }, (_, j) => {
    const denominatorBits = BigInt(Math.max(0, -twos * j));
    const numerator = (odd ** BigInt(j)) << BigInt(Math.max(0, twos * j));
    const doubled = 2n * BigInt(unitMicros) * (numerator - (1n << denominatorBits));
    return Number((doubled + (1n << denominatorBits)) >> (denominatorBits + 1n));
  });
}
