/**
 * What tests of core and of its adapters share: contracts as data, and a clock under control.
 *
 * @module
 */

export * from "./controlled-clock.ts";
