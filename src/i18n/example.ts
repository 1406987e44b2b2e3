import { type Both, both } from './both.ts'

const listed = (title: string, lines: readonly string[]) =>
  `\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`

/** Command lines; one that is the same in both languages is written once. */
export function examples(...lines: readonly (string | Both<string>)[]): Both<string> {
  const of = (language: 'pt-BR' | 'en') =>
    lines.map((line) => (typeof line === 'string' ? line : line[language]))
  return both(listed('Exemplos', of('pt-BR')), listed('Examples', of('en')))
}

export const example = {
  demo: examples('conferente demo', 'conferente demo --linhas 20000 --semente 7'),
  migrar: examples(
    'conferente migrar',
    both(
      'DATABASE_URL=postgresql://dba@servidor/financas conferente migrar',
      'DATABASE_URL=postgresql://dba@server/finance conferente migrar',
    ),
  ),
  preparar: examples(
    both(
      'conferente preparar financeiro.fato_despesa > visao.sql',
      'conferente preparar finance.fact_entries > view.sql',
    ),
    both(
      'conferente preparar financeiro.fato_despesa --json',
      'conferente preparar finance.fact_entries --json',
    ),
  ),
  diagnostico: examples('conferente diagnostico', 'conferente diagnostico --json'),
  processar: examples(
    'conferente processar --modo manual',
    'conferente processar --modo auto --data-inicio 2026-10-01 --data-fim 2026-10-31',
    'conferente processar --modo auto --regra trade_marketing --simular',
  ),
  listar: examples(
    'conferente listar --detalhe',
    'conferente listar --status aguardando_segunda_aprovacao',
    'conferente listar --regra validacao_valores --limite 100 --json',
    'conferente listar --desfeitas',
  ),
  exportar: examples(
    both(
      'conferente exportar --formato xlsx --arquivo divergencias.xlsx',
      'conferente exportar --formato xlsx --arquivo findings.xlsx',
    ),
    both(
      'conferente exportar --formato csv --sessao 7 --arquivo sessao-7.csv --motivo "auditoria externa"',
      'conferente exportar --formato csv --sessao 7 --arquivo session-7.csv --motivo "external audit"',
    ),
    both(
      'conferente exportar --formato csv --dialeto rfc4180 --status aberta --status falha | gzip > abertas.csv.gz',
      'conferente exportar --formato csv --dialeto rfc4180 --status aberta --status falha | gzip > open.csv.gz',
    ),
  ),
  decidir: examples(
    both(
      'conferente exportar --formato xlsx --status aberta --arquivo fila.xlsx',
      'conferente exportar --formato xlsx --status aberta --arquivo queue.xlsx',
    ),
    both('conferente decidir fila.xlsx --simular', 'conferente decidir queue.xlsx --simular'),
    both('conferente decidir fila.xlsx', 'conferente decidir queue.xlsx'),
  ),
  aprovar: examples(
    both(
      'conferente aprovar 12 15 --motivo "conferido com a nota"',
      'conferente aprovar 12 15 --motivo "checked against the invoice"',
    ),
  ),
  rejeitar: examples(
    both(
      'conferente rejeitar 12 --motivo "o lançamento está certo"',
      'conferente rejeitar 12 --motivo "the entry is right"',
    ),
  ),
  confirmar: examples(
    both(
      'conferente confirmar 12 --motivo "duplicada; o fornecedor cancelou a nota"',
      'conferente confirmar 12 --motivo "duplicate; the supplier cancelled the invoice"',
    ),
  ),
  desfazer: examples(
    both(
      'conferente desfazer 31 --motivo "cliquei na lista errada"',
      'conferente desfazer 31 --motivo "wrong list"',
    ),
  ),
  certificar: examples(
    'conferente certificar',
    both(
      'conferente certificar --certa 276 --motivo "conferida com a nota"',
      'conferente certificar --certa 276 --motivo "checked against the note"',
    ),
    'conferente certificar --mes 2026-10 --lista > corrigidas.csv',
  ),
  adiar: examples(
    both(
      'conferente adiar 12 15 --ate 2026-12-07 --motivo "a nota de crédito vem na segunda"',
      'conferente adiar 12 15 --ate 2026-12-07 --motivo "the credit note comes on Monday"',
    ),
    both(
      'conferente adiar 12 --motivo "o fornecedor vai corrigir"',
      'conferente adiar 12 --motivo "the supplier will correct it"',
    ),
  ),
  encaminhar: examples(
    both(
      'conferente encaminhar 12 --para carla --motivo "conhece o fornecedor"',
      'conferente encaminhar 12 --para carla --motivo "knows the supplier"',
    ),
  ),
  comentar: examples(
    both(
      'conferente comentar 12 --comentario "liguei, pedem uma semana"',
      'conferente comentar 12 --comentario "I called, they need a week"',
    ),
  ),
  corrigir: examples(
    both(
      'conferente corrigir 12 --valor categoria="Trade Marketing" --motivo "nota 4711"',
      'conferente corrigir 12 --valor categoria="Trade Marketing" --motivo "invoice 4711"',
    ),
  ),
  arquivar: examples(
    both(
      'conferente arquivar --ate 2024-10 --simular --motivo "guarda de dois anos"',
      'conferente arquivar --ate 2024-10 --simular --motivo "kept for two years"',
    ),
    both(
      'conferente arquivar --ate 2024-10 --arquivo /guarda/trilha-2024-10.jsonl --motivo "guarda de dois anos"',
      'conferente arquivar --ate 2024-10 --arquivo /archive/trail-2024-10.jsonl --motivo "kept for two years"',
    ),
  ),
  periodo: examples(
    'conferente periodo listar',
    both(
      'conferente periodo fechar 2026-10 --motivo "balancete entregue"',
      'conferente periodo fechar 2026-10 --motivo "trial balance delivered"',
    ),
    both(
      'conferente periodo fechar 2020-01 --ate 2026-10 --motivo "histórico"',
      'conferente periodo fechar 2020-01 --ate 2026-10 --motivo "history"',
    ),
    both(
      'conferente periodo reabrir 2026-10 --filial SP --motivo "ajuste do auditor"',
      'conferente periodo reabrir 2026-10 --filial SP --motivo "adjustment for the auditor"',
    ),
  ),
  excecoes: examples(
    'conferente excecoes',
    both(
      'conferente excecoes --declarar 12 --ate 2027-12-31 --motivo "contrato prevê o valor a maior"',
      'conferente excecoes --declarar 12 --ate 2027-12-31 --motivo "the contract allows the higher amount"',
    ),
    both(
      'conferente excecoes --regra validacao_valores --registro 4711 --ate 2027-12-31 --motivo "idem"',
      'conferente excecoes --regra validacao_valores --registro 4711 --ate 2027-12-31 --motivo "same contract"',
    ),
    both(
      'conferente excecoes --revogar 3 --motivo "o contrato acabou"',
      'conferente excecoes --revogar 3 --motivo "the contract has ended"',
    ),
  ),
  reabrir: examples(
    both(
      'conferente reabrir 12 --motivo "rejeitada por engano"',
      'conferente reabrir 12 --motivo "rejected by mistake"',
    ),
    both(
      'conferente reabrir --sessao 7 --motivo "para rever uma a uma"',
      'conferente reabrir --sessao 7 --motivo "to review each one"',
    ),
  ),
  reverter: examples(
    both(
      'conferente reverter --divergencia 12 15 --motivo "aprovadas por engano"',
      'conferente reverter --divergencia 12 15 --motivo "approved by mistake"',
    ),
    both(
      'conferente reverter --operacao 31 --porque erradas --motivo "padrão errado"',
      'conferente reverter --operacao 31 --porque erradas --motivo "wrong pattern"',
    ),
    both(
      'conferente reverter --sessao 7 --motivo "carga incompleta"',
      'conferente reverter --sessao 7 --motivo "incomplete load"',
    ),
  ),
  historico: examples('conferente historico dw.lancamentos 4711'),
  sessoes: examples('conferente sessoes --limite 5'),
  verificar: examples(
    'conferente verificar',
    'conferente verificar --elo 1250 --selo 30be30b0e1180a5b04a1d97cdda50605dc1aa3c7ed8f5b3283e8ff8353e66177',
  ),
  cancelar: examples(
    both('conferente cancelar 7 --motivo "janela errada"', 'conferente cancelar 7 --motivo "wrong window"'),
  ),
  regras: examples(
    'conferente regras',
    both(
      'conferente regras --auto trade_marketing --correcoes 500 --valor 100000 --motivo "vi um mês dela"',
      'conferente regras --auto trade_marketing --correcoes 500 --valor 100000 --motivo "reviewed a month of it"',
    ),
  ),
  avaliar: examples(
    'conferente avaliar --regra pendente_verificacao --data-inicio 2026-07-01 --data-fim 2026-10-31',
    both(
      'conferente avaliar --regra trade_marketing --data-inicio 2026-01-01 --data-fim 2026-06-30 --figura curva.svg',
      'conferente avaliar --regra trade_marketing --data-inicio 2026-01-01 --data-fim 2026-06-30 --figura curve.svg',
    ),
  ),
  padroes: examples(
    'conferente padroes --json',
    both(
      'conferente padroes salvar "verba cooperada" --motivo "frase das notas das agências"',
      'conferente padroes salvar "verba cooperada" --motivo "phrase of the agencies\' invoices"',
    ),
    both(
      'conferente padroes salvar recall --tipo palavra --acao excluir --motivo "é da garantia"',
      'conferente padroes salvar recall --tipo palavra --acao excluir --motivo "belongs to warranty"',
    ),
  ),
  categorias: examples(
    'conferente categorias',
    both(
      'conferente categorias suceder "Material de Escritório" Papelaria --desde 2026-04-01 --motivo "novo plano de contas"',
      'conferente categorias suceder "Material de Escritório" Papelaria --desde 2026-04-01 --motivo "new chart of accounts"',
    ),
  ),
  notas: examples(
    both(
      'conferente notas /srv/notas --raizes /etc/conferente/icp-brasil',
      'conferente notas /srv/notes --raizes /etc/conferente/icp-brasil',
    ),
    both('conferente notas /srv/notas --json', 'conferente notas /srv/notes --json'),
  ),
  configurar: examples(
    'conferente configurar',
    'conferente configurar limites.linhas',
    both(
      'conferente configurar limites.linhas 20000 --motivo "pedido da controladoria"',
      'conferente configurar limites.linhas 20000 --motivo "requested by controlling"',
    ),
    both(
      `conferente configurar correio.destinatarios '["maria@empresa.com.br"]' --motivo "equipe"`,
      `conferente configurar correio.destinatarios '["maria@empresa.com.br"]' --motivo "team"`,
    ),
  ),
  agendar: examples(
    'conferente agendar',
    'conferente agendar --mostrar',
    both(
      'conferente agendar --cron "30 6 * * 1-5" --fuso America/Sao_Paulo --modo auto --motivo "antes da abertura"',
      'conferente agendar --cron "30 6 * * 1-5" --fuso America/Sao_Paulo --modo auto --motivo "before opening"',
    ),
    'conferente agendar --systemd conferente.service',
  ),
  canais: examples(
    both(
      'conferente canais salvar financeiro --tipo teams --sem-valores --motivo "equipe" < endereco.txt',
      'conferente canais salvar finance --tipo teams --sem-valores --motivo "team" < address.txt',
    ),
    both('conferente canais testar financeiro', 'conferente canais testar finance'),
    both(
      'conferente canais desligar financeiro --motivo "equipe mudou de canal"',
      'conferente canais desligar finance --motivo "the team moved"',
    ),
  ),
  notificacoes: examples(
    'conferente notificacoes',
    'conferente notificacoes --nao-enviadas',
    'conferente notificacoes --enviar',
  ),
  servir: examples('conferente servir', 'conferente servir --porta 0'),
  iniciar: examples('conferente iniciar', 'conferente iniciar --porta 8080 --prazo 60'),
  trabalhar: examples(
    'conferente trabalhar',
    'conferente trabalhar --prazo 60',
    'conferente trabalhar --simultaneos 4',
  ),
  pessoas: examples(
    'conferente pessoas',
    both(
      'conferente pessoas --nome ana --papel revisor --endereco ana@empresa.com.br --motivo "contas a pagar"',
      'conferente pessoas --nome ana --papel revisor --endereco ana@company.com --motivo "accounts payable"',
    ),
    both(
      'conferente pessoas --remover ana --motivo "saiu da empresa"',
      'conferente pessoas --remover ana --motivo "left the company"',
    ),
    both(
      'conferente pessoas --ligar ana@empresa.com.br --pessoa ana --motivo "login e e-mail são dela"',
      'conferente pessoas --ligar ana@company.com --pessoa ana --motivo "login and address are hers"',
    ),
    both(
      'conferente pessoas --esquecer ana --simular --motivo "saiu em 2026, a pedido"',
      'conferente pessoas --esquecer ana --simular --motivo "left in 2026, asked for it"',
    ),
  ),
  convite: examples(
    'conferente convite --nome ana --papel revisor',
    'conferente convite --nome ana --enviar',
  ),
  token: examples(
    'conferente token --papel leitor --nome painel --validade 90d > painel.token',
    'conferente token --listar',
    both(
      'conferente token --revogar 3f6b… --motivo "o notebook foi perdido"',
      'conferente token --revogar 3f6b… --motivo "the laptop was lost"',
    ),
  ),
}
