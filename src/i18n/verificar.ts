import { both } from './both.ts'

/** What conferente verificar says. */
export const verificar = {
  running: both('conferindo a trilha de auditoria, fato por fato', 'checking the audit trail, fact by fact'),
  runningFile: both(
    (file: string) => `conferindo a trilha de ${file}, linha por linha`,
    (file) => `checking the trail of ${file}, line by line`,
  ),
  noFile: both(
    (file: string, code: string) => `não foi possível ler ${file} (${code})`,
    (file, code) => `${file} could not be read (${code})`,
  ),
  provenFile: both(
    (operations: string, facts: string, findings: string, link: string) =>
      `Arquivo provado: ${operations} operações e ${facts} fatos, até o elo ${link}; ${findings} divergências são as que foram encontradas.`,
    (operations, facts, findings, link) =>
      `The file is proven: ${operations} operations and ${facts} facts, up to link ${link}; ${findings} findings are as they were found.`,
  ),
  archivedFile: both(
    (n: string) => `Os fatos de ${n} operações estão num arquivo anterior, que se junta a este pelos selos.`,
    (n) => `The facts of ${n} operations are in an earlier file, which joins this one by its seals.`,
  ),
  forgottenFile: both(
    (n: string) =>
      `Em ${n} lugares alguém foi esquecido: o que foi selado confere, o pseudônimo que está lá não se prova.`,
    (n) =>
      `In ${n} places somebody was forgotten: what was sealed agrees, the pseudonym that stands there is not proven.`,
  ),
  archived: both(
    (from: string, to: string, who: string, when: string, id: string, sha256: string, link: string) =>
      `Arquivado: ${from} a ${to}, por ${who} em ${when} (operação ${id}); a trilha até o elo ${link}, SHA-256 ${sha256}.`,
    (from, to, who, when, id, sha256, link) =>
      `Archived: ${from} to ${to}, by ${who} on ${when} (operation ${id}); the trail up to link ${link}, SHA-256 ${sha256}.`,
  ),
  pendingFile: both(
    (n: string) =>
      `${n} ${n === '1' ? 'operação esperava' : 'operações esperavam'} o selo quando o arquivo foi gravado, e não ${n === '1' ? 'está' : 'estão'} nele.`,
    (n) =>
      `${n} ${n === '1' ? 'operation' : 'operations'} waited for a seal when the file was written, and ${n === '1' ? 'is' : 'are'} not in it.`,
  ),
  stamped: both(
    (n: string, first: string, link: string, last: string, authority: string) =>
      `${n} ${n === '1' ? 'carimbo confere' : 'carimbos conferem'}, desde ${first}; tudo até o elo ${link} existia em ${last}, segundo ${authority}.`,
    (n, first, link, last, authority) =>
      `${n} ${n === '1' ? 'stamp is' : 'stamps are'} valid, since ${first}; everything up to link ${link} existed at ${last}, according to ${authority}.`,
  ),
  noRoots: both(
    'Quem carimbou não foi conferido: dê --raizes, com o certificado da raiz da autoridade.',
    "It was not checked who stamped: give --raizes, with the authority's root certificate.",
  ),
  since: both(
    (link: string) =>
      `O que veio até o elo ${link} não foi relido. De vez em quando, e antes de uma auditoria, confira tudo, sem --desde. Guarde fora daqui o elo e o selo acima para a próxima vez.`,
    (link) =>
      `Nothing up to link ${link} was read again. Do that now and then, and before an audit, by leaving out --desde. Keep the link and the seal above elsewhere for next time.`,
  ),
  notInFile: both(
    'O arquivo prova os fatos selados, e só eles: não o estado de hoje das divergências, nem o data warehouse, nem o que veio depois do último elo, nem quem é quem.',
    'The file proves the sealed facts, and nothing else: not the present state of findings, nor the warehouse, nor what came after the last link, nor who is who.',
  ),
  proven: both(
    (operations: string, facts: string, link: string) =>
      `Trilha provada: ${operations} operações e ${facts} fatos, até o elo ${link}.`,
    (operations, facts, link) =>
      `Trail proven: ${operations} operations and ${facts} facts, up to link ${link}.`,
  ),
  pending: both(
    (n: string) =>
      `${n} ${n === '1' ? 'operação' : 'operações'} ainda sem selo (o conteúdo confere): o trabalhador, a API ou um membro de conferente_dono põe o selo.`,
    (n) =>
      `${n} ${n === '1' ? 'operation' : 'operations'} not sealed yet (the content is proven): the worker, the API or a member of conferente_dono seals it.`,
  ),
  seal: both(
    (seal: string) => `Selo da cabeça: ${seal}`,
    (seal) => `Seal of the head: ${seal}`,
  ),
  agrees: both(
    (link: string) => `A testemunha do elo ${link} confere.`,
    (link) => `The witness of link ${link} agrees.`,
  ),
  unwitnessed: both(
    'Sem testemunha, esta conferência não percebe quem reescreveu a trilha inteira ou cortou o seu fim. Dê --elo e --selo de uma mensagem guardada.',
    'Without a witness this check does not notice if the whole trail was rewritten or its end cut off. Give --elo and --selo from a message you kept.',
  ),
  at: both(
    (link: string, operation: string) =>
      [link && `elo ${link}`, operation && `operação ${operation}`].filter(Boolean).join(', '),
    (link, operation) =>
      [link && `link ${link}`, operation && `operation ${operation}`].filter(Boolean).join(', '),
  ),
  expected: both(
    (what: string) => `esperado:   ${what}`,
    (what) => `expected: ${what}`,
  ),
  found: both(
    (what: string) => `encontrado: ${what}`,
    (what) => `found:    ${what}`,
  ),
  times: both(
    (n: string) => `(${n} ao todo)`,
    (n) => `(${n} in all)`,
  ),
  broken: both(
    (kinds: string) =>
      `A TRILHA ESTÁ QUEBRADA: ${kinds === '1' ? '1 tipo de quebra, acima' : `${kinds} tipos de quebra, o primeiro acima`}.`,
    (kinds) =>
      `THE TRAIL IS BROKEN: ${kinds === '1' ? 'one kind of break, above' : `${kinds} kinds of break, the first one above`}.`,
  ),
  situation: {
    linha_ilegivel: both(
      'a linha não é do formato da trilha; o que vem depois não foi conferido',
      "the line does not have the trail's format; what follows was not checked",
    ),
    operacao_ausente: both(
      'uma operação foi apagada do meio da cadeia',
      'an operation was deleted from the middle of the chain',
    ),
    elo_repetido: both('o elo se repete', 'the link appears twice'),
    operacao_alterada: both(
      'a operação, ou um fato seu, foi alterado, apagado ou acrescentado',
      'the operation, or one of its facts, was changed, deleted or added',
    ),
    selo_anterior_errado: both(
      'o selo anterior não é o do elo anterior',
      'the previous seal is not that of the previous link',
    ),
    selo_errado: both(
      'o selo não confere com o elo, o selo anterior e o resumo',
      'the seal does not match link, previous seal and digest',
    ),
    cauda_ausente: both('as últimas operações foram apagadas', 'the last operations were deleted'),
    cabeca_errada: both(
      'a cabeça da cadeia não é a da última operação',
      "the head of the chain is not the last operation's",
    ),
    testemunha_contradita: both(
      'a testemunha diz outra coisa: a cadeia foi reescrita ou cortada',
      'the witness says something else: the chain was rewritten or cut off',
    ),
    operacao_sem_selo: both(
      'a operação não tem selo, e deveria ter',
      'the operation has no seal, and should have one',
    ),
    fato_sem_operacao: both(
      'um fato nomeia uma operação que não existe',
      'a fact names an operation that does not exist',
    ),
    fato_sem_selo: both(
      'um fato nomeia uma operação que não foi selada',
      'a fact names an operation that was not sealed',
    ),
    fato_sem_divergencia: both(
      'um fato nomeia uma divergência que não existe',
      'a fact names a finding that does not exist',
    ),
    divergencia_sem_deteccao: both(
      'ninguém encontrou a divergência: foi acrescentada por fora',
      'nobody found the finding: it was added from outside',
    ),
    divergencia_alterada: both(
      'a divergência não é a que foi encontrada',
      'the finding is not the one that was found',
    ),
    carimbo_alterado: both(
      'o carimbo não é o que a operação registrou',
      'the stamp is not what the operation recorded',
    ),
    carimbo_contradito: both(
      'o carimbo é de outro selo: a cadeia foi reescrita',
      'the stamp is of another seal: the chain was rewritten',
    ),
    carimbo_invalido: both(
      'o carimbo não prova este selo, ou não é de uma autoridade conhecida',
      'the stamp does not prove this seal, or is not by a known authority',
    ),
    excecao_alterada: both(
      'a revogação da exceção não é a que foi registrada',
      'the revocation of the exception is not what was recorded',
    ),
    acesso_alterado: both(
      'o token ou a revogação não é o que foi registrado',
      'the token or the revocation is not what was recorded',
    ),
    estado_alterado: both(
      'a linha não é a que a última mudança registrada deixou',
      'the row is not what the last recorded change left',
    ),
    situacao_alterada: both(
      'a situação da divergência, quem decidiu ou o que foi digitado não é o que foi registrado',
      'the state of the finding, who decided or what was typed is not what was recorded',
    ),
    arquivo_alterado: both(
      'o que ficou no lugar dos fatos arquivados não é o que o arquivamento deixou',
      'what replaces archived facts is not what the operation that archived them left',
    ),
    esquecimento_alterado: both(
      'há mais fatos sem nome do que o esquecimento deixou',
      'more facts are said to be without a name than the operation that forgot somebody left',
    ),
    mes_alterado: both(
      'um mês destacado, que ficou aqui, não é o que era',
      'a month that was detached and kept here is not what it was',
    ),
    estado_por_fora: both(
      'o que está na linha foi posto lá diretamente, sem as funções do Conferente',
      "what the row holds was put there directly, bypassing Conferente's functions",
    ),
    protecao_ausente: both('falta um gatilho', 'a trigger is missing'),
    protecao_estranha: both(
      'há um gatilho que nenhuma migração criou',
      'there is a trigger that no migration made',
    ),
    protecao_alterada: both('um gatilho foi trocado', 'a trigger was replaced'),
    protecao_desligada: both('um gatilho está desligado', 'a trigger is switched off'),
    esquema_ausente: both(
      'falta no esquema algo que a migração criou',
      'something that the migration left in the schema is missing',
    ),
    esquema_estranho: both(
      'há no esquema algo que nenhuma migração criou',
      'there is something in the schema that no migration made',
    ),
    esquema_alterado: both(
      'uma função, tabela, restrição ou direito não é o que a migração deixou',
      'a function, table, constraint or right is not what the migration left',
    ),
  },
}
