import { of, type Subject } from './mutation.ts'

/** Promise 5 of the design: auto is earned. */
export const earnedAutonomy: Subject = {
  name: 'auto is earned',
  tests: ['test/sql/earned_autonomy.test.ts', 'test/sql/lives.test.ts', 'test/sql/rule_code.test.ts'],
  mutations: [
    ...of(
      'pessoas/autonomia/conferir_prova.sql',
      ['v.hash_regra = v_regra.hash_atual', 'true'],
      ['v.confianca >= v_regra.limiar', 'true'],
      ['v.ordem is not null', 'true'],
      ['group by v.sessao_id, v.fornecedor, case', 'group by v.sessao_id, case'],
      ['v_x[coalesce(v_refutada, 0) + 1:]', 'v_x'],
      ['when v_refutada is not null then', 'when v_contra >= 200 then'],
      ['greatest(s.corrigidas - s.linhas, 0)', '0'],
      ['p.x desc) as vezes', 'p.x) as vezes'],
    ),
    ...of(
      'pessoas/autonomia/evidencia_contra.sql',
      ['e.evidencia >= 200', 'e.evidencia >= 20'],
      ['least(0, min(s.ate)', 'least(0, 0 * min(s.ate)'],
      ['(u.x / erro - 1)', '(u.x - erro)'],
    ),
    ...of('pessoas/autonomia/evidencia_favor.sql', ['(erro - u.x)', '(2 * erro - u.x)'], ['>= 20', '>= 2']),
    ...of(
      'pessoas/autonomia/resto_concessao.sql',
      ['>= resto_concessao.regra.concedida_em', '< resto_concessao.regra.concedida_em'],
      ['{sem_prova,valor}', '{sem_prova,outro}'],
    ),
    ...of('motor/correcao/corrigir_lote.sql', [
      'count(*) filter (where e.aberta) over w <= v_resto.correcoes and',
      'true and',
    ]),
    ...of(
      'pessoas/autonomia/contar_decisoes.sql',
      ['-1 as sinal', '0 as sinal'],
      ["contar_decisoes.prova and d.valores_propostos <> '{}'", 'true'],
    ),
    ...of(
      'pessoas/autonomia/contar_reversoes.sql',
      ['p.tirada and p.automatica and contar_reversoes.erradas', 'p.tirada and p.automatica'],
      ['when not p.tirada then true', 'when not p.tirada then null'],
      ['where not p.tirada order by 1', 'where p.tirada order by 1'],
    ),
    ...of('pessoas/decisao/reabrir_divergencias.sql', [
      'perform audit_interno.contar_decisoes(v_ids, null);',
      'perform audit_interno.contar_decisoes(v_ids, true);',
    ]),
    ...of('pessoas/configuracao/alterar_regra.sql', [
      'audit_interno.porque_nao(v_depois) is not null then\n    raise',
      'false then\n    raise',
    ]),
  ],
}
