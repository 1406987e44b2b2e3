export const demo = {
  database: (name: string) => `criando o banco ${name}`,
  foreign:
    'o esquema dw deste banco não é da demonstração: ela nunca toca um armazém de verdade. Use outro banco, ou rode sem DATABASE_URL.',
  used: 'este banco já tem sessões registradas, e a trilha de auditoria não se apaga. Use um banco novo, ou rode sem DATABASE_URL.',
  warehouse: '1. Um armazém de finanças de uma montadora, sujo como os de verdade',
  generating: (rows: string, seed: string) => `gerando ${rows} lançamentos (semente ${seed})`,
  figures: (rows: string, from: string, to: string, amount: string, suppliers: string, branches: string) =>
    `${rows} lançamentos de ${from} a ${to}, somando ${amount}; ${suppliers} fornecedores, ${branches} filiais.`,
  planted: (group: string, n: string) =>
    group === 'honesta'
      ? `  ${n} esquisitices honestas, que não devem ser "corrigidas"`
      : `  ${n} erros plantados para a regra ${group}`,
  patterns: '2. A área de negócio cadastra seus padrões de trade marketing',
  patternsReason: 'padrões da área de marketing (demonstração)',
  patternsDone: (n: string) => `${n} padrões cadastrados; cada um é uma operação auditada.`,
  manual: '3. Sessão manual: só detecta, nada é alterado',
  findings: 'Algumas divergências, com a sua justificativa',
  decisions: '4. Pessoas decidem',
  anaApproves: 'Ana confere o documento e aprova:',
  anaRejects: 'Ana vê que a sugestão está errada e rejeita:',
  anaProposes: 'Ana aprova uma de valor alto; falta outra pessoa:',
  brunoApproves: 'Bruno dá a segunda aprovação:',
  approvalReason: 'conferido com o documento',
  rejectionReason: 'o lançamento está certo como está',
  auto: '5. Sessão automática: corrige sozinha só o que é seguro',
  rollback: '6. Tudo se desfaz, exatamente',
  rollbackReason: 'demonstração de reversão',
  itemBack: (id: string) => `Ana desfaz a correção da divergência ${id}:`,
  operationBack: (id: string, rows: string) => `Bruno desfaz a operação ${id} inteira (${rows} linhas):`,
  operationAgain: (id: string) => `Bruno desfaz a própria reversão (operação ${id}): as correções voltam:`,
  history: (id: string) => `Tudo o que aconteceu com o lançamento ${id}:`,
  score: '7. O placar, contra a verdade guardada à parte',
  scoring: 'comparando com a verdade',
  further: 'Para olhar mais',
  furtherName: 'voce',
  furtherPage: 'no navegador: http://localhost:8000/revisao, com o token',
  took: (time: string) => `A demonstração levou ${time}.`,
}

export const score = {
  planted: 'plantados',
  found: 'encontrados',
  recall: 'cobertura',
  precision: 'precisão',
  corrected: 'corrigidas',
  precisionCorrected: 'precisão das corrigidas',
  harm: 'danos',
  legend:
    'cobertura: parte dos erros plantados que foi encontrada; precisão: parte das sugestões que estava certa; danos: lançamentos certos que foram alterados.',
  good: 'Nenhum dano.',
  nothing: 'Nenhum dano; mas também nada foi corrigido.',
  bad: (harm: string, precision: string) =>
    `Não está bom: ${harm} danos, precisão das correções ${precision} (é preciso zero danos e ao menos 99%).`,
}
