/** Express 4 has other types, and the same interface as far as it is used here. */
declare module "express-4" {
  import express from "express";

  // oxlint-disable-next-line import/no-default-export -- It is what Express has.
  export default express;
}
