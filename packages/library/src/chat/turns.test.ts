import { describe, expect, it } from "vitest";
import { searchTurns, type Turn, windowed } from "./turns.js";

const exchange = (number: number, asked: string, said?: string): readonly Turn[] => [
  { role: "user", text: asked, number, at: "2026-01-01T00:00:00.000Z" },
  ...(said === undefined ? [] : [{ role: "assistant" as const, text: said, number, at: "2026-01-01T00:00:01.000Z" }]),
];

const talk = [...exchange(1, "one", "1"), ...exchange(2, "two"), ...exchange(3, "three", "3".repeat(10))];

describe("windowed", () => {
  it("takes the newest exchanges whole, oldest first", () => {
    expect(windowed(talk, { exchanges: 2, characters: 100 }).map((turn) => turn.number)).toEqual([2, 3, 3]);
    expect(windowed(talk, { exchanges: 9, characters: 100 })).toEqual(talk);
  });

  it("leaves an exchange out rather than half of it", () => {
    expect(windowed(talk, { exchanges: 9, characters: 15 }).map((turn) => turn.number)).toEqual([3, 3]);
    expect(windowed(talk, { exchanges: 9, characters: 14 })).toEqual([]);
  });

  it("nothing was said: nothing is given", () => {
    expect(windowed([], { exchanges: 5, characters: 5 })).toEqual([]);
  });
});

describe("searchTurns", () => {
  it("finds turns that hold all words, newest first, whatever the case and the accents", () => {
    const turns = [
      ...exchange(1, "Où est le VIRUS?", "In Réunion"),
      ...exchange(2, "The virus of Reunion island", "Yes"),
    ];
    expect(searchTurns(turns, "virus").map(({ turn }) => turn.number)).toEqual([2, 1]);
    expect(searchTurns(turns, "reunion ISLAND").map(({ turn }) => turn.number)).toEqual([2]);
    expect(searchTurns(turns, "reunion")).toHaveLength(2);
    expect(searchTurns(turns, "  ")).toEqual([]);
  });

  it("shows the place in a long text", () => {
    const text = `${"before ".repeat(100)}needle ${"after ".repeat(100)}`;
    const [found] = searchTurns(exchange(1, text), "needle");
    expect(found?.excerpt).toContain("needle");
    expect(found?.excerpt.length).toBeLessThan(180);
  });
});
