import { of, type Subject } from './mutation.ts'

/** Promise 5 of the design: auto is earned. */
export const conquistada: Subject = {
  name: 'auto is earned',
  tests: ['test/sql/earned_autonomy.test.ts'],
  mutations: [
    ...of(
      'pessoas/decisao/conferir_automatica.sql',
      ['v_regra.erradas_no_limiar > 0 and v_decididas >= v_minimo', 'v_decididas >= v_minimo'],
      ['v_decididas >= v_minimo', 'v_decididas > v_minimo'],
      ['v_regra.limite_inferior < v_regra.limiar', 'v_regra.precisao < v_regra.limiar'],
      ['v_limite < v_regra.limiar', 'v_limite > v_regra.limiar'],
      ['e.fim >= v_regra.contagem_desde', 'true'],
      ['set automatica = false, automatica_perdida', 'set automatica_perdida'],
    ),
    ...of(
      'pessoas/decisao/contar_decisoes.sql',
      ['v.no_limiar and v.contagem = a.contagem as', 'v.no_limiar as'],
      [
        'select d.id, contar_decisoes.certas, d.confianca >= r.limiar',
        'select d.id, contar_decisoes.certas, d.confianca > r.limiar',
      ],
      ['r.contagem, d.confianca >= r.limiar', 'r.contagem, d.confianca > r.limiar'],
      ['-1 as sinal', '0 as sinal'],
    ),
    ...of(
      'pessoas/decisao/contar_reversoes.sql',
      ['-1 as sinal', '0 as sinal'],
      [
        'r.contagem, 1 as sinal\n    from pg_temp.conferente_palavra p join audit.regras r on r.nome = p.regra and p.corrigida_em >= r.contagem_desde',
        'r.contagem, 1 as sinal\n    from pg_temp.conferente_palavra p join audit.regras r on r.nome = p.regra',
      ],
      ['p.tirada and p.automatica and contar_reversoes.erradas\n  )', 'p.tirada and p.automatica\n  )'],
      ['when not p.tirada then true', 'when not p.tirada then null'],
      ['where not p.tirada order by 1', 'where p.tirada order by 1'],
    ),
    ...of('pessoas/decisao/limite_wilson.sql', ['- 1.6449 *', '+ 1.6449 *']),
    ...of('pessoas/decisao/reabrir_divergencias.sql', [
      'perform audit_interno.contar_decisoes(v_ids, null);',
      'perform audit_interno.contar_decisoes(v_ids, true);',
    ]),
    ...of('pessoas/configuracao/alterar_regra.sql', ['v_depois.limiar <> v_antes.limiar or', 'false or']),
  ],
}
