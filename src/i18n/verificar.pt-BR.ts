/** What conferente verificar says. */
export const verificar = {
  running: 'conferindo a trilha de auditoria, fato por fato',
  proven: (operations: string, facts: string, link: string) =>
    `Trilha provada: ${operations} operações e ${facts} fatos, até o elo ${link}.`,
  pending: (n: string) =>
    `${n} ${n === '1' ? 'operação' : 'operações'} ainda sem selo (o conteúdo confere): o trabalhador, a API ou um membro de conferente_dono põe o selo.`,
  seal: (seal: string) => `Selo da cabeça: ${seal}`,
  agrees: (link: string) => `A testemunha do elo ${link} confere.`,
  unwitnessed:
    'Sem testemunha, esta conferência não percebe quem reescreveu a trilha inteira ou cortou o seu fim. Dê --elo e --selo de uma mensagem guardada.',
  at: (link: string, operation: string) =>
    [link && `elo ${link}`, operation && `operação ${operation}`].filter(Boolean).join(', '),
  expected: (what: string) => `esperado:   ${what}`,
  found: (what: string) => `encontrado: ${what}`,
  times: (n: string) => `(${n} ao todo)`,
  broken: (kinds: string) => `A TRILHA ESTÁ QUEBRADA: ${kinds} tipo(s) de quebra, a primeira acima.`,
  situation: {
    operacao_ausente: 'uma operação foi apagada do meio da cadeia',
    elo_repetido: 'o elo se repete',
    operacao_alterada: 'a operação, ou um fato seu, foi alterado, apagado ou acrescentado',
    selo_anterior_errado: 'o selo anterior não é o do elo anterior',
    selo_errado: 'o selo não confere com o elo, o selo anterior e o resumo',
    cauda_ausente: 'as últimas operações foram apagadas',
    cabeca_errada: 'a cabeça da cadeia não é a da última operação',
    testemunha_contradita: 'a testemunha diz outra coisa: a cadeia foi reescrita ou cortada',
    operacao_sem_selo: 'a operação não tem selo, e deveria ter',
    fato_sem_operacao: 'um fato nomeia uma operação que não existe',
    fato_sem_selo: 'um fato nomeia uma operação que não foi selada',
    fato_sem_divergencia: 'um fato nomeia uma divergência que não existe',
    divergencia_sem_deteccao: 'ninguém encontrou a divergência: foi acrescentada por fora',
    divergencia_alterada: 'a divergência não é a que foi encontrada',
    excecao_alterada: 'a revogação da exceção não é a que foi registrada',
    acesso_alterado: 'o token ou a revogação não é o que foi registrado',
    protecao_ausente: 'falta um gatilho que recusa mudanças',
    protecao_alterada: 'um gatilho que recusa mudanças foi trocado',
    protecao_desligada: 'um gatilho que recusa mudanças está desligado',
  },
}
