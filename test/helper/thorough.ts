/**
 * How often a test that draws by chance draws: a few times in `npm test`, often in CI, which sets CONFERENTE_TESTE_COMPLETO=1.
 * What it states is the same.
 */
export function times(few: number, { thorough }: { thorough: number }): number {
  return process.env['CONFERENTE_TESTE_COMPLETO'] === '1' ? thorough : few
}
