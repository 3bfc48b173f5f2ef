import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The book of a travel agency, a line for each thing that happened. It stands for services far away that know nothing of runs. */
const folder = join(import.meta.dirname, "results");
const ledger = join(folder, "ledger.txt");

function enter(line: string): void {
  mkdirSync(folder, { recursive: true });
  appendFileSync(ledger, `${line}\n`);
}

function booked(what: string): { booking: string } {
  enter(`booked    ${what}`);
  return { booking: what };
}

export function flight(traveller: string): object {
  return booked(`flight for ${traveller}`);
}

export function car(traveller: string): object {
  return booked(`car for ${traveller}`);
}

export function room(traveller: string): object {
  return booked(`room for ${traveller}`);
}

export function breakfast(of: string): object {
  return booked(`breakfast in ${of}`);
}

/** Undoes a booking: it gets the inputs and the outputs of the step that made it. */
export function cancel({ booking }: { readonly booking: string }): void {
  enter(`cancelled ${booking}`);
}

/** The bank declines what it sees for the first time. */
export function pay(bookings: readonly string[]): string {
  const isKnown = readFileSync(ledger, "utf8").includes("declined");
  enter(`${isKnown ? "paid     " : "declined "} ${bookings.length} bookings`);
  if (!isKnown) throw new Error("The bank declined the payment");
  return `paid ${bookings.length} bookings`;
}
