import { both } from './both.ts'
import { counted } from './mail/plural.ts'

/** Texts about reading electronic notes. */
export const notas = {
  folder: both(
    'pasta das notas; sem ela, a de CONFERENTE_NOTAS',
    'folder of the notes; by default that of CONFERENTE_NOTAS',
  ),
  rootsOption: both(
    'certificados das autoridades em que se confia: um arquivo, ou uma pasta deles; sem ela, CONFERENTE_NOTAS_RAIZES',
    'certificates of trusted authorities: a file, or a folder of them; by default CONFERENTE_NOTAS_RAIZES',
  ),
  noFolder: both(
    'diga a pasta: conferente notas PASTA, ou CONFERENTE_NOTAS',
    'name the folder: conferente notas FOLDER, or CONFERENTE_NOTAS',
  ),
  noSuchFolder: both(
    'esta pasta não existe, ou não é uma pasta',
    'there is no such folder, or it is not a folder',
  ),
  unreadable: both('sem permissão para ler esta pasta', 'no permission to read this folder'),
  badRoots: both(
    (path: string) => `${path}: não é um certificado, nem uma pasta deles`,
    (path) => `${path}: neither a certificate nor a folder of them`,
  ),
  noRoots: both(
    'Sem raízes de confiança (--raizes): as notas são armazenadas, mas nenhuma comprova um valor e auto não corrige nada com base nelas.',
    'Without trusted roots (--raizes): the notes are stored, but none proves an amount, and auto corrects nothing on their evidence.',
  ),
  tooMany: both(
    (most: string) =>
      `mais de ${most} arquivos XML: nada foi lido; se a pasta é mesmo essa: conferente configurar notas.maximo_arquivos … --motivo "…"`,
    (most) =>
      `more than ${most} XML files: nothing was read; if it is the right folder: conferente configurar notas.maximo_arquivos … --motivo "…"`,
  ),
  step: both('lendo as notas', 'reading the notes'),
  progress: both(
    (files: string) => `${files} arquivos`,
    (files) => `${files} files`,
  ),
  done: both(
    (files: string, known: string, fresh: string, cancelled: string, refused: string) =>
      `${counted(files, 'arquivo', 'arquivos')}: ${counted(fresh, 'nota nova', 'notas novas')}, ${counted(cancelled, 'cancelada', 'canceladas')}, ${counted(known, 'já lido', 'já lidos')}, ${counted(refused, 'recusado', 'recusados')}`,
    (files, known, fresh, cancelled, refused) =>
      `${counted(files, 'file', 'files')}: ${counted(fresh, 'new note', 'new notes')}, ${cancelled} cancelled, ${known} read before, ${refused} refused`,
  ),
  late: both(
    (from: string, to: string) =>
      `Os lançamentos destas notas que já passaram por uma sessão são conferidos com: conferente processar --modo manual --regra notas_fiscais --data-inicio ${from} --data-fim ${to}`,
    (from, to) =>
      `To check entries of these notes that a session has already passed: conferente processar --modo manual --regra notas_fiscais --data-inicio ${from} --data-fim ${to}`,
  ),
  inactive: both(
    `A regra notas_fiscais está inativa: select audit.alterar_regra('notas_fiscais', '{"ativa": true}', '…')`,
    `Rule notas_fiscais is inactive: select audit.alterar_regra('notas_fiscais', '{"ativa": true}', '…')`,
  ),
  reason: {
    ligacao: both(
      'é uma ligação (symlink), que não é seguida',
      'is a symbolic link, and these are not followed',
    ),
    especial: both('não é um arquivo comum', 'is not an ordinary file'),
    ilegivel: both('não pôde ser lido', 'could not be read'),
    tamanho: both('é grande demais para uma nota', 'is too large for a note'),
    codificacao: both('não está em UTF-8', 'is not in UTF-8'),
    dtd: both('tem DTD ou entidades, que uma nota não tem', 'has a DTD or entities, which no note has'),
    profundidade: both('tem elementos aninhados demais', 'is nested too deeply'),
    xml: both('não é XML bem formado', 'is not well-formed XML'),
    tipo: both('não é uma nota autorizada nem um evento', 'is neither an authorised note nor an event'),
    esquema: both('não segue o esquema', 'does not follow the schema'),
    chave: both('a chave não é a desta nota', "the key is not this note's"),
    assinatura: both('a assinatura não confere', 'the signature is not valid'),
    protocolo: both('o protocolo não é desta nota', "the protocol is not this note's"),
    repetida: both(
      'outra nota com a mesma chave já foi lida',
      'another note with the same key has already been read',
    ),
  },
}
