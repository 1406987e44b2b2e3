/**
 * How often a random test draws: a few times in `npm test`, often in CI, which sets CONFERENTE_TESTE_COMPLETO=1. What it states is
 * the same.
 */
export function times(few: number, { thorough }: { thorough: number }): number {
  return process.env['CONFERENTE_TESTE_COMPLETO'] === '1' ? thorough : few
}

/** Some of many similar cases, drawn by chance in `npm test`; all of them, in their order, in CI. */
export function drawn<T>(all: readonly T[], few: number): readonly T[] {
  return times(few, { thorough: all.length }) < all.length
    ? all.toSorted(() => Math.random() - 0.5).slice(0, few)
    : all
}
