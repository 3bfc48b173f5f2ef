type Invoice = {
  readonly invoice: string;
  readonly customer: string;
  readonly amount: number;
  readonly currency: string;
};
type ByName = { readonly [name: string]: number };
type Sources = { readonly invoices: readonly Invoice[]; readonly rates: ByName; readonly discounts: ByName };

/** Stands in for the service: has the port `body`, as the step does. */
export function noDiscounts(): object {
  return { body: {} };
}

export function convert({ invoices, rates, discounts }: Sources): object[] {
  return invoices.map(({ invoice, customer, amount, currency }) => {
    const rate = rates[currency];
    if (rate === undefined) throw new RangeError(`There is no rate for ${currency}`);
    const euros = (amount / rate) * (1 - (discounts[customer] ?? 0));
    return { invoice, euros: Math.round(euros * 100) / 100 };
  });
}
