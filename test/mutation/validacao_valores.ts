import { of, type Subject } from './mutation.ts'

export const validacaoValores: Subject = {
  name: 'validacao_valores',
  tests: ['test/sql/regras/validacao_valores.test.ts', 'test/sql/regras/valores_adversos.test.ts'],
  mutations: [
    ...of(
      'regras/validacao_valores.sql',
      [
        '    and abs(l.valor - x.esperado) > x.tolerancia\n',
        '    and abs(l.valor - x.esperado) > 2 * x.tolerancia\n',
      ],
      ['greatest(v_absoluta, v_relativa', 'least(v_absoluta, v_relativa'],
      ['abs(d.esperado) < 1e16', 'abs(d.esperado) < 1e9'],
      ['l.valor_documento - coalesce(l.valor_desconto, 0) as esperado', 'l.valor_documento as esperado'],
      ['v_digitos = 0 or', 'v_digitos >= 0 or'],
      ['arredondamento_origem(l.valor_desconto', 'arredondamento_origem(0'],
      ['l.data_lancamento >= janela', 'l.data_lancamento > janela'],
      ['l.carregado_em < janela', 'l.carregado_em <= janela'],
      ["case when y.tipo = 'outro'", "case when y.tipo <> 'outro'"],
      ['v_base + e.ajuste', 'v_base - e.ajuste'],
      ['    abs(d.diferenca)', '    abs(d.valor)'],
    ),
    ...of(
      'regras/tipo_diferenca.sql',
      ["<= tolerancia then 'sinal_trocado'", "< tolerancia then 'sinal_trocado'"],
      ['documento - 2 * desconto', 'documento - 3 * desconto'],
      ["/ 10) <= 0.005 then 'fator_10'", "/ 10) <= 0 then 'fator_10'"],
      ['/ 1000) <= 0.005', '/ 1000) <= 0.0005'],
      ['* 1000) <= greatest', '* 10000) <= greatest'],
      ['between cambio_minimo and cambio_maximo\n      or', 'between cambio_minimo and 3\n      or'],
      ['pg_catalog.sign(valor) = ', 'pg_catalog.sign(valor) <> '],
      ['- pg_catalog.round((documento - coalesce(desconto, 0)) / valor)) > 0.0005', '- 0) > 0'],
    ),
    ...of(
      'regras/digitos_trocados.sql',
      ['% 9 = 0', '% 7 = 0'],
      ['count(*) = 2', 'count(*) <= 3'],
      ['pg_catalog.max(pg_catalog.substr(d.a, i, 1)) = pg_catalog.max(pg_catalog.substr(d.b, i, 1))', 'true'],
      ['pg_catalog.sign(digitos_trocados.a) = pg_catalog.sign(digitos_trocados.b)', 'true'],
    ),
    ...of(
      'regras/retencao_possivel.sql',
      ['(4.65), ', ''],
      ['<= 0.01', '<= 0.02'],
      ['pg_catalog.abs(esperado) >= 10', 'true'],
    ),
    ...of('regras/arredondamento_origem.sql', ['>= 10000', '>= 1000'], ['then 0.5 *', 'then 1 *']),
    ...of(
      'regras/explicacao_diferenca.sql',
      ['when retencao is not null then -0.40', 'when retencao is not null then 0.40'],
      ["> pg_catalog.abs(esperado) then ' × '", "< pg_catalog.abs(esperado) then ' × '"],
    ),
    ...of('regras/reais.sql', ['990.00', '990.0'], ["990.00'), ',.', '.,'", "990.00'), ',.', ',.'"]),
    ...of(
      'regras/duplicidades.sql',
      ['p.gemeo_data >= p.data_lancamento - v_dias', 'p.gemeo_data > p.data_lancamento - v_dias'],
      ['p.liquido > 1', 'p.liquido > 0'],
      [
        'partition by c.fornecedor, c.numero, c.parcela, c.valor',
        'partition by c.fornecedor, c.numero, c.valor',
      ],
      ['c.fornecedor is not null and', 'true and'],
      ['having count(*) > 1', 'having count(*) > 2'],
      ['then 0.05 else -0.15 end', 'then -0.15 else 0.05 end'],
      [
        'order by c.data_lancamento, c.carregado_em, c.id)',
        'order by c.data_lancamento desc, c.carregado_em, c.id)',
      ],
      [
        "p.filial is not distinct from p.gemeo_filial\n        then 'duplicidade'",
        "true\n        then 'duplicidade'",
      ],
      ['generate_series(0, v_dias)', 'generate_series(1, v_dias)'],
      ['p.carregado_em >= janela', 'p.carregado_em > janela'],
    ),
    ...of(
      'regras/documento_comparavel.sql',
      ['|nota-?fiscal', ''],
      ['*0*(?!', '*(?!'],
      ["|^[a-z0-]*$'", "'"],
    ),
  ],
}
