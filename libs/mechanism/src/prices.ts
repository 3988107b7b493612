import { exactPowerPrice } from './exact-power.js';

const RELATIVE_ERROR = 1e-13; // of the double computation below, with a wide margin over expm1 and log

/**
 * The posted price of a resource or of bandwidth: unit * (gamma^u - 1) + reserve with u = used / capacity (paper, eq. 9-10), in whole
 * micro-credits per unit, rounded half up once. A double decides where it can tell; 192-bit arithmetic decides near a half.
 * What has no capacity costs what a sold-out resource costs.
 * @param used milli-units sold before this bid; @param capacity milli-units; @param gamma >= 1.
 * @returns a whole number of micro-credits, exact as a double (docs/mechanism.md, limits).
 */
export function postedPrice(used: number, capacity: number, gamma: number, unitMicros: number, reserveMicros: number): number {
  if (used === 0 && capacity > 0) return reserveMicros;
  if (used >= capacity && Number.isInteger(gamma)) return unitMicros * (gamma - 1) + reserveMicros;
  const share = capacity > 0 ? used / capacity : 1;
  const raised = unitMicros * Math.expm1(share * Math.log(gamma));
  const rounded = Math.floor(raised + 0.5);
  const fromHalf = Math.abs(raised + 0.5 - Math.round(raised + 0.5));
  if (fromHalf > (1 + raised) * RELATIVE_ERROR) return rounded + reserveMicros;
  return Number(exactPowerPrice(gamma, capacity > 0 ? used : 1, capacity > 0 ? capacity : 1, BigInt(unitMicros))) + reserveMicros;
}
