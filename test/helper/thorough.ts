/** Share of what a complete run would do, from 0 to 1: 0 in a plain `npm test`, a fifth in CI, and 1 in a complete run. */
export const SHARE = Number(process.env['CONFERENTE_TESTE_COMPLETO'] ?? 0)

/** How many times a random test draws: a few, or that share of the thorough number. What it states is the same. */
export function times(few: number, { thorough }: { thorough: number }): number {
  return Math.min(thorough, Math.max(few, Math.ceil(SHARE * thorough)))
}

/** Some of many similar cases, drawn at random; all of them, in order, in a complete run. */
export function drawn<T>(all: readonly T[], few: number): readonly T[] {
  const count = times(few, { thorough: all.length })
  return count < all.length ? all.toSorted(() => Math.random() - 0.5).slice(0, count) : all
}
