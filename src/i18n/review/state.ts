import { both } from '../both.ts'

export const status = {
  aberta: both('aberta', 'open'),
  aguardando_segunda_aprovacao: both('aguarda segunda pessoa', 'waits for a second person'),
  falha: both('falha', 'failed'),
  corrigida: both('corrigida', 'corrected'),
  rejeitada: both('rejeitada', 'rejected'),
  revertida: both('revertida', 'rolled back'),
  obsoleta: both('obsoleta', 'obsolete'),
  resolvida: both('resolvida', 'fixed elsewhere'),
}

export const sessionStatus = {
  agendada: both('agendada', 'scheduled'),
  em_andamento: both('em andamento', 'under way'),
  concluida: both('concluída', 'done'),
  concluida_com_falhas: both('concluída com falhas', 'done with failures'),
  falhou: both('falhou', 'failed'),
  cancelada: both('cancelada', 'cancelled'),
}

export const mailStatus = {
  pendente: both('a compor', 'to be composed'),
  composta: both('a enviar', 'to be sent'),
  enviada: both('enviada', 'sent'),
  falhou: both('não entregue', 'not delivered'),
  dispensada: both('sem destinatário', 'no recipient'),
}

/** What became of the findings of a decision. */
export const became = {
  adiada: {
    one: both('1 adiada', '1 postponed'),
    many: both('{n} adiadas', '{n} postponed'),
  },
  encaminhada: {
    one: both('1 encaminhada', '1 forwarded'),
    many: both('{n} encaminhadas', '{n} forwarded'),
  },
  comentada: {
    one: both('1 comentada', '1 commented on'),
    many: both('{n} comentadas', '{n} commented on'),
  },
  devolvida: {
    one: both('1 de volta à fila', '1 back in the queue'),
    many: both('{n} de volta à fila', '{n} back in the queue'),
  },
  retirada: {
    one: both('1 como era antes', '1 as it was before'),
    many: both('{n} como eram antes', '{n} as they were before'),
  },
  deixada: {
    one: both('1 deixada como estava', '1 left as it was'),
    many: both('{n} deixadas como estavam', '{n} left as they were'),
  },
  resolvida: {
    one: both('1 fechada', '1 closed'),
    many: both('{n} fechadas', '{n} closed'),
  },
  aberta: {
    one: both('1 reaberta', '1 reopened'),
    many: both('{n} reabertas', '{n} reopened'),
  },
  aguardando_segunda_aprovacao: {
    one: both('1 aguarda segunda pessoa', '1 waits for a second person'),
    many: both('{n} aguardam segunda pessoa', '{n} wait for a second person'),
  },
  falha: {
    one: both('1 falhou', '1 failed'),
    many: both('{n} falharam', '{n} failed'),
  },
  corrigida: {
    one: both('1 corrigida', '1 corrected'),
    many: both('{n} corrigidas', '{n} corrected'),
  },
  rejeitada: {
    one: both('1 rejeitada', '1 rejected'),
    many: both('{n} rejeitadas', '{n} rejected'),
  },
  revertida: {
    one: both('1 revertida', '1 rolled back'),
    many: both('{n} revertidas', '{n} rolled back'),
  },
  obsoleta: {
    one: both('1 obsoleta: o registro mudou', '1 obsolete: the row changed'),
    many: both('{n} obsoletas: os registros mudaram', '{n} obsolete: the rows changed'),
  },
  conflito: {
    one: both(
      '1 em conflito: o registro mudou e não foi alterado',
      '1 in conflict: the row changed and was not touched',
    ),
    many: both(
      '{n} em conflito: os registros mudaram e não foram alterados',
      '{n} in conflict: the rows changed and were not touched',
    ),
  },
  ausente: {
    one: both('1 sem registro', '1 without a row'),
    many: both('{n} sem registro', '{n} without a row'),
  },
  recusada: {
    one: both('1 recusada pelo data warehouse', '1 refused by the warehouse'),
    many: both('{n} recusadas pelo data warehouse', '{n} refused by the warehouse'),
  },
  excecao: {
    one: both('exceção declarada', 'exception declared'),
    many: both('exceções declaradas', 'exceptions declared'),
  },
  ja_revertida: {
    one: both('1 já estava como antes', '1 was already as before'),
    many: both('{n} já estavam como antes', '{n} were already as before'),
  },
  mudanca: {
    one: both('mudança salva', 'change saved'),
    many: both('mudanças salvas', 'changes saved'),
  },
  conferida_certa: {
    one: both('conferida: certa', 'looked at: right'),
    many: both('conferidas: certas', 'looked at: right'),
  },
  conferida_errada: {
    one: both('conferida: errada', 'looked at: wrong'),
    many: both('conferidas: erradas', 'looked at: wrong'),
  },
  autonomia: {
    one: both('volta a corrigir sozinha', 'corrects by itself again'),
    many: both('voltam a corrigir sozinhas', 'correct by themselves again'),
  },
}

export const events = {
  deteccao: both('detectada', 'found'),
  aprovacao: both('aprovada', 'approved'),
  segunda_aprovacao: both('segunda aprovação', 'second approval'),
  rejeicao: both('rejeitada', 'rejected'),
  correcao_manual: both('valores digitados', 'values typed'),
  reabertura: both('reaberta', 'reopened'),
  confirmacao: both('confirmada, tratada fora', 'confirmed, dealt with elsewhere'),
  adiamento: both('adiada', 'postponed'),
  encaminhamento: both('encaminhada', 'forwarded'),
  comentario: both('comentário', 'comment'),
  retirada: both(
    'adiamento, encaminhamento ou comentário desfeito',
    'postponement, forwarding or comment undone',
  ),
  reversao: both('desfeita', 'rolled back'),
  reversao_por_erro: both('desfeita: estava errada', 'rolled back: it was wrong'),
  desfazimento: both('ato desfeito', 'act undone'),
  certificacao_certa: both('conferida por amostra: certa', 'looked at in the sample: right'),
  certificacao_errada: both('conferida por amostra: errada', 'looked at in the sample: wrong'),
  alteracao: both('alterado', 'changed'),
  'alteracao desfeita': both('alteração desfeita', 'change undone'),
  excecao: both('exceção', 'exception'),
}
