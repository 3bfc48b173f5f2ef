import type { Clock } from "../contracts/clock.js";

const ADJECTIVES =
  "amber brave bright brisk calm candid clever cosmic crisp daring deft eager early electric fabled fair fearless gentle glad golden grand happy hardy honest humble ideal jolly keen kind lively loyal lucid lucky mellow merry mighty modest neat nimble noble patient plucky polite prime proud quick quiet rapid ready robust rosy royal serene sharp shiny silent smart snug solid spry steady sunny swift tidy tranquil true upbeat vivid warm wise witty zesty".split(
    " ",
  );
const PEOPLE =
  "avery banting barton beadle berg bohr borlaug brenner calvin cajal carson chain chargaff crick curie darwin dirac doudna einstein elion euler faraday fermi fischer fleming florey franklin galen gauss golgi haldane harvey hebb hodgkin hooke hopper hubble huxley jenner kandel kepler koch krebs kuhn lamarr leavitt leibniz levi linnaeus lister lovelace margulis mayr mcclintock meitner mendel miescher monod morgan newton nightingale noether ochoa pascal pasteur pauling perutz planck purkinje ramon redi sabin salk sanger semmelweis sherrington snow sulston tesla turing tu vavilov virchow wallace watson wegener wiener wright wu".split(
    " ",
  );
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A memorable name such as `brave-franklin`; `tries` above 0 adds a number, for names that are taken. */
export function runName(clock: Clock, tries: number): string {
  const pick = (words: readonly string[]) => words[Math.floor(clock.random() * words.length)] ?? words[0];
  const name = `${pick(ADJECTIVES)}-${pick(PEOPLE)}`;
  return tries === 0 ? name : `${name}-${Math.floor(clock.random() * 10 ** Math.min(9, tries + 1))}`;
}

/** 26 characters that sort by time: 10 of milliseconds, 16 of chance (Crockford's base 32). */
export function runId(clock: Clock): string {
  let time = clock.now();
  let text = "";
  for (let i = 0; i < 10; i++) {
    text = ALPHABET.charAt(time % 32) + text;
    time = Math.floor(time / 32);
  }
  for (let i = 0; i < 16; i++) text += ALPHABET.charAt(Math.floor(clock.random() * 32));
  return text;
}
