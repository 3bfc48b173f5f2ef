type Row = {
  readonly id: string;
  readonly supplier: string;
  readonly crop: string;
  readonly gross_kg: number;
  readonly tare_kg: number;
  readonly moisture: number;
};

/** Grain is paid at 14.5 per cent of water; what is wetter counts as less. */
const standardMoisture = 14.5;

export function weigh(row: Row): object {
  const net = row.gross_kg - row.tare_kg;
  if (!(net > 0)) throw new RangeError(`Load ${row.id} weighs ${net} kg: full and empty were swapped`);
  if (typeof row.moisture !== "number") throw new TypeError(`Load ${row.id} has no moisture`);
  const dry = Math.min(1, (100 - row.moisture) / (100 - standardMoisture));
  const tons = Math.round(net * dry) / 1000;
  return { id: row.id, supplier: row.supplier, crop: row.crop, dry_tons: tons };
}
