import { of, type Subject } from './mutation.ts'

/** Promise 5 of the design: auto is earned. */
export const conquistada: Subject = {
  name: 'auto is earned',
  tests: ['test/sql/conquistada.test.ts'],
  mutations: [
    ...of(
      'decisao/conferir_automatica.sql',
      ['v_regra.erradas_no_limiar > 0 and v_decididas >= v_minimo', 'v_decididas >= v_minimo'],
      ['v_decididas >= v_minimo', 'v_decididas > v_minimo'],
      ['v_regra.limite_inferior < v_regra.limiar', 'v_regra.precisao < v_regra.limiar'],
      ['v_limite < v_regra.limiar', 'v_limite > v_regra.limiar'],
      ['e.fim >= v_regra.contagem_desde', 'true'],
      ['set automatica = false, automatica_perdida', 'set automatica_perdida'],
    ),
    ...of(
      'decisao/contar_decisoes.sql',
      ['v.no_limiar and v.contagem = a.contagem as', 'v.no_limiar as'],
      ['d.confianca >= r.limiar, r.contagem', 'd.confianca > r.limiar, r.contagem'],
      ['d.confianca >= r.limiar as no_limiar', 'd.confianca > r.limiar as no_limiar'],
      ['-1 as sinal', '0 as sinal'],
    ),
    ...of(
      'decisao/contar_reversoes.sql',
      ['then 1 else -1 end, o.iniciada_em', 'then 1 else 0 end, o.iniciada_em'],
      ['and a.iniciada_em >= g.contagem_desde', 'and true'],
      ['where v.certo;', 'where not v.certo;'],
    ),
    ...of('regras/limite_wilson.sql', ['- 1.6449 *', '+ 1.6449 *']),
    ...of('decisao/reabrir_divergencias.sql', [
      'perform audit_interno.contar_decisoes(v_ids, null);',
      'perform audit_interno.contar_decisoes(v_ids, true);',
    ]),
    ...of('configuracao/alterar_regra.sql', ['v_depois.limiar <> v_antes.limiar or', 'false or']),
  ],
}
