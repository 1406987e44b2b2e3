import type { verificar as ptBR } from './verificar.pt-BR.ts'

export const verificar: typeof ptBR = {
  running: 'checking the audit trail, fact by fact',
  proven: (operations, facts, link) =>
    `The trail is proven: ${operations} operations and ${facts} facts, up to link ${link}.`,
  pending: (n) =>
    `${n} ${n === '1' ? 'operation' : 'operations'} not sealed yet (the content is proven): the worker, the API or a member of conferente_dono seals it.`,
  seal: (seal) => `Seal of the head: ${seal}`,
  agrees: (link) => `The witness of link ${link} agrees.`,
  unwitnessed:
    'Without a witness this check does not notice a trail that was rewritten as a whole or cut off at its end. Give --elo and --selo of a message you kept.',
  at: (link, operation) =>
    [link && `link ${link}`, operation && `operation ${operation}`].filter(Boolean).join(', '),
  expected: (what) => `expected: ${what}`,
  found: (what) => `found:    ${what}`,
  times: (n) => `(${n} in all)`,
  broken: (kinds) => `THE TRAIL IS BROKEN: ${kinds} kind(s) of break, the first one above.`,
  situation: {
    operacao_ausente: 'an operation was deleted from the middle of the chain',
    elo_repetido: 'the link is there twice',
    operacao_alterada: 'the operation, or a fact of it, was changed, deleted or added',
    selo_anterior_errado: 'the previous seal is not that of the previous link',
    selo_errado: 'the seal does not fit link, previous seal and digest',
    cauda_ausente: 'the last operations were deleted',
    cabeca_errada: "the head of the chain is not the last operation's",
    testemunha_contradita: 'the witness says otherwise: the chain was rewritten or cut off',
    operacao_sem_selo: 'the operation bears no seal, and should',
    fato_sem_operacao: 'a fact names an operation that does not exist',
    fato_sem_selo: 'a fact names an operation that was not sealed',
    fato_sem_divergencia: 'a fact names a finding that does not exist',
    divergencia_sem_deteccao: 'nobody found the finding: it was added from outside',
    divergencia_alterada: 'the finding is not the one that was found',
    excecao_alterada: 'the revocation of the exception is not what was recorded',
    acesso_alterado: 'the token or the revocation is not what was recorded',
    protecao_ausente: 'a trigger that refuses change is missing',
    protecao_alterada: 'a trigger that refuses change was replaced',
    protecao_desligada: 'a trigger that refuses change is off',
  },
}
