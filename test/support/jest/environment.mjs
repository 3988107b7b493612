// A test file has globals of its own, and packages have Node's (runtime.mjs). What is thrown on one side is an Error on the other one too, and
// decorators write into the metadata that Nest reads.
import { isDate, isNativeError } from 'node:util/types';
import { TestEnvironment } from 'jest-environment-node';

export default class Environment extends TestEnvironment {
  constructor(...args) {
    super(...args);
    this.global.Reflect = Reflect;
    for (const { Error, Date } of [globalThis, this.global]) {
      recognise(Error, isNativeError);
      recognise(Date, isDate);
    }
  }
}

/** `instanceof` of this class, but not of those that extend it, holds for what another realm made too. */
function recognise(Class, isOne) {
  Object.defineProperty(Class, Symbol.hasInstance, {
    configurable: true,
    value(value) {
      return Function.prototype[Symbol.hasInstance].call(this, value) || (this === Class && isOne(value));
    },
  });
}
