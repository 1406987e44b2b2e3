import { inWindow, of, type Subject } from './mutation.ts'

export const pendenteVerificacao: Subject = {
  name: 'pendente_verificacao',
  tests: ['test/sql/rules/pieces.test.ts', 'test/sql/rules/pendente_verificacao.test.ts'],
  mutations: [
    ...of(
      'regras/pendente_verificacao/sugestoes.sql',
      ['v_minima constant numeric := 0.05', 'v_minima constant numeric := 0.95'],
      ["case when not q.propor then '{}'::jsonb", "case when false then '{}'::jsonb"],
      ['when s.id is null then 0.01', 'when s.id is null then 0.5'],
      [inWindow('l'), 'true'],
      ['coalesce(audit_interno.dobrar_categoria(l.categoria)', 'coalesce(l.categoria'],
      ['left join (select i.id', 'join (select i.id'],
      ['metade is null or', 'true or'],
    ),
    ...of(
      'regras/pendente_verificacao/entradas.sql',
      ['& 1)::int', '& 3)::int'],
      ['m.mes + 1 as corte', 'm.mes as corte'],
    ),
    ...of(
      'regras/pendente_verificacao/pontuacao.sql',
      ['c.mes < x.corte', 'c.mes <= x.corte + 120'],
      ['c.mes >= x.corte - v_meses', 'true'],
      ['double precision / 9)', 'double precision / 900)'],
      ['double precision / 1.5)', 'double precision / 15)'],
      ['r.recentes - m.recente, 0)', 'r.recentes, 0)'],
      ['group by s.contextos, e.espera,', 'group by e.espera,'],
      ['group by s.contextos, e.espera,', 'group by s.contextos,'],
      ['retroteste is not null and e.conta is null', '(retroteste is not null and e.conta is null) is null'],
    ),
    ...of(
      'regras/comum/raiz_fornecedor.sql',
      [
        "then pg_catalog.left(pg_catalog.translate(codigo, './- ', ''), 8)",
        "then pg_catalog.left(pg_catalog.translate(codigo, './- ', ''), 14)",
      ],
      ["'')) = 14", "'')) = 15"],
      ["<> '00000000'", "<> ''"],
    ),
    ...of('regras/comum/nome_canonico.sql', ["'( (ltda", "'( (xxxx"]),
    ...of('regras/comum/rotulos_pendentes.sql', [
      "dobrar_categoria(r.rotulo) <> ''",
      "dobrar_categoria(r.rotulo) = ''",
    ]),
    ...of(
      'regras/pendente_verificacao/calibracao.sql',
      ['15 * (min(k.base) - 0.22)', '30 * (min(k.base) - 0.22)'],
      ['in 1..25 loop', 'in 1..2 loop'],
    ),
    ...of('regras/pendente_verificacao/historia.sql', [
      '    analyze regra_pendente_verificacao.estatistica_categoria',
      '    -- analyze regra_pendente_verificacao.estatistica_categoria',
    ]),
    ...of('regras/pendente_verificacao/sugestoes.sql', ['when 21 then 3.5', 'when 21 then 21']),
    ...of('regras/pendente_verificacao/calibracao.sql', ['s.h12 * s.d2', '-s.h12 * s.d2']),
    ...of('regras/pendente_verificacao/sugestoes.sql', ['t.todos + 5', 't.todos']),
    ...of('regras/pendente_verificacao/pontuacao.sql', ['apoio < 3.5 then 1', 'apoio < 3.5 then 2']),
    ...of('regras/comum/palavras_texto.sql', ['[:digit:]', '']),
  ],
}
