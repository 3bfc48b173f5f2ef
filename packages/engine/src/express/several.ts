import type { Json } from "../contracts/json.js";

/** The outputs of a node that gave more, or other, than its only port's value. */
export class Several {
  readonly ports: { readonly [port: string]: Json };

  constructor(ports: { readonly [port: string]: Json }) {
    this.ports = ports;
  }
}
