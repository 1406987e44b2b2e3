import type { SettingKey, SettingsFault, SettingsProblem } from '../settings/settings.ts'
import { Both, both } from './both.ts'

/** What each variable of the environment may hold. */
const ALLOWED: Record<SettingKey, Both<string>> = {
  DATABASE_URL: both('o endereço de um banco PostgreSQL', 'the address of a PostgreSQL database'),
  CONFERENTE_DADOS: both('um diretório', 'a directory'),
  CONFERENTE_PORTA: both('um número de porta, de 0 a 65535', 'a port number from 0 to 65535'),
  CONFERENTE_IDIOMA: both('pt-BR ou en', 'pt-BR or en'),
  CONFERENTE_LOGS: both('um diretório', 'a directory'),
  CONFERENTE_CANAIS_REDES: both(
    'endereços ou redes como 10.1.2.0/24, separados por vírgulas',
    'addresses or networks such as 10.1.2.0/24, separated by commas',
  ),
  CONFERENTE_NOTAS: both('um diretório', 'a directory'),
  CONFERENTE_NOTAS_RAIZES: both(
    'um arquivo PEM ou DER, ou um diretório deles',
    'a PEM or DER file, or a directory of them',
  ),
  CONFERENTE_CARIMBO_RAIZES: both('um arquivo PEM de certificados', 'a PEM file of certificates'),
  CONFERENTE_JWT_SEGREDO: both('pelo menos 32 caracteres', 'at least 32 characters'),
  CONFERENTE_JWKS_URL: both(
    'um endereço https:// (http:// só nesta máquina)',
    'an https:// URL (http:// only to this machine)',
  ),
  CONFERENTE_JWT_EMISSOR: both('o emissor escrito nos tokens (iss)', 'the issuer that tokens name (iss)'),
  CONFERENTE_JWT_PUBLICO: both(
    'o destinatário escrito nos tokens (aud)',
    'the audience that tokens name (aud)',
  ),
  CONFERENTE_JWT_CAMPO_NOME: both('o campo do token com o nome da pessoa', 'the claim that names the person'),
  CONFERENTE_JWT_CAMPO_PAPEL: both('o campo do token com o papel', 'the claim that names the role'),
  CONFERENTE_OIDC_EMISSOR: both(
    'o endereço https:// do provedor (http:// só nesta máquina)',
    "the provider's https:// URL (http:// only to this machine)",
  ),
  CONFERENTE_OIDC_CLIENTE: both(
    'o cliente registrado no provedor',
    'the client that the provider registered',
  ),
  CONFERENTE_OIDC_SEGREDO: both('o segredo desse cliente', "the client's secret"),
  CONFERENTE_OIDC_RETORNO: both(
    'o endereço https:// de /entrar/retorno, como as pessoas o acessam (http:// só nesta máquina)',
    'the https:// URL of /entrar/retorno as people reach it (http:// only on this machine)',
  ),
  CONFERENTE_OIDC_ESCOPOS: both(
    'escopos separados por espaços, um deles openid',
    'scopes separated by blanks, openid among them',
  ),
  CONFERENTE_OIDC_CAMPO_NOME: both(
    'o campo do token com o nome da pessoa',
    'the claim that names the person',
  ),
  CONFERENTE_OIDC_CAMPO_PAPEL: both('o campo do token com o papel', 'the claim that names the role'),
  CONFERENTE_OIDC_PAPEIS: both(
    'pares como grupo-financeiro=revisor, separados por vírgulas',
    'pairs such as grupo-financeiro=revisor, separated by commas',
  ),
  CONFERENTE_ENDERECO: both(
    'um endereço IP desta máquina, ou 0.0.0.0 para todos',
    'an IP address of this machine; 0.0.0.0 for all',
  ),
  CONFERENTE_BASE: both('um caminho como /conferente', 'a path such as /conferente'),
  CONFERENTE_PROXY: both(
    'endereços ou redes de proxies, separados por vírgulas',
    'addresses or networks of proxies, separated by commas',
  ),
  CONFERENTE_CORS: both(
    'origens como https://bi.empresa.com.br, separadas por vírgulas',
    'origins such as https://bi.empresa.com.br, separated by commas',
  ),
  CONFERENTE_LIMITE_REQUISICOES: both(
    'um número de pedidos por minuto, de 1 a 1000000',
    'requests per minute, from 1 to 1000000',
  ),
  CONFERENTE_INTROSPECCAO: both(
    'um ou mais papéis, separados por vírgulas: leitor, revisor, operador, administrador',
    'one or more roles, separated by commas: leitor, revisor, operador, administrador',
  ),
  SMTP_URL: both(
    'um endereço smtp:// ou smtps:// com o nome do servidor',
    'an smtp:// or smtps:// URL with a host',
  ),
}

type Fault = (first: string, second: string, third: string) => string

const FAULT: Record<SettingsFault, Both<Fault>> = {
  form: both<Fault>(
    () => "escreva postgresql://usuario:senha@servidor:5432/banco, ou 'host=… dbname=… user=…'",
    () => "write postgresql://user:password@server:5432/database, or 'host=… dbname=… user=…'",
  ),
  several_hosts: both<Fault>(
    () => 'informe um servidor só; vários não são aceitos',
    () => 'name one host; several are not supported',
  ),
  port: both<Fault>(
    () => 'a porta deve ser um número, e um só',
    () => 'the port must be one number',
  ),
  database_name: both<Fault>(
    () => 'o nome do banco não pode conter /, ? ou #',
    () => 'the name of the database must not contain /, ? or #',
  ),
  host_by_number: both<Fault>(
    () => 'com sslmode=verify-full, informe o servidor pelo nome, e não pelo endereço IP',
    () => 'with sslmode=verify-full, give the host by its name, not by its IP address',
  ),
  no_authority: both<Fault>(
    (mode) => `sslmode=${mode} precisa de sslrootcert: um arquivo de certificados, ou system`,
    (mode) => `sslmode=${mode} needs sslrootcert: a file of certificates, or system`,
  ),
  no_file: both<Fault>(
    (name) => `o arquivo informado em ${name} não existe`,
    (name) => `the file given in ${name} does not exist`,
  ),
  value: both<Fault>(
    (name, value, allowed) => `${name}=${value} não é aceito; valores possíveis: ${allowed}`,
    (name, value, allowed) => `${name}=${value} is not supported; possible values: ${allowed}`,
  ),
  parameter: both<Fault>(
    (name) => `o parâmetro ${name} não é aceito`,
    (name) => `parameter ${name} is not supported`,
  ),
  variable: both<Fault>(
    (name) => `a variável ${name} não é aceita; retire-a do ambiente`,
    (name) => `the variable ${name} is not supported; remove it from the environment`,
  ),
  secret_beside_keys: both<Fault>(
    () => 'não pode ser usada junto com CONFERENTE_JWKS_URL',
    () => 'cannot be used together with CONFERENTE_JWKS_URL',
  ),
  secret_or_keys: both<Fault>(
    () => 'falta, ou então CONFERENTE_JWKS_URL; o segredo tem pelo menos 32 caracteres',
    () => 'is missing, or else CONFERENTE_JWKS_URL; the secret has at least 32 characters',
  ),
}

const PROBLEM = {
  missing: both('falta; informe', 'is missing; give'),
  malformed: both('tem um valor inválido; informe', 'has an invalid value; give'),
}

function described(language: keyof Both<unknown>) {
  return ({ key, problem, fault, values = [], nearest = [] }: SettingsProblem): string => {
    const [first = '', second = '', third = ''] = values
    if (fault) return `${key}: ${FAULT[fault][language](first, second, third)}`
    if (problem === 'unknown') return unknown[language](key, nearest.join(', '))
    return `${key} ${PROBLEM[problem][language]} ${ALLOWED[key as SettingKey][language]}`
  }
}

const unknown = both(
  (key: string, nearest: string) => `${key} não existe${nearest && `; talvez ${nearest}`}`,
  (key, nearest) => `${key} does not exist${nearest && `; perhaps ${nearest}`}`,
)

/** What is wrong with one variable of the environment, and what would be right. */
export const setting = new Both(described('pt-BR'), described('en'))
