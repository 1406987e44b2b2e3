-- Registers a rule of the business's own. The migration registers the bundled ones.
create or replace function audit.registrar_regra(
  nome text, descricao text, funcao text, tabela text, coluna_chave text, colunas text[],
  coluna_data text default null, coluna_carga text default null, coluna_valor text default null,
  confianca_base numeric default 0.5, limiar numeric default 0.95,
  concessao_correcoes bigint default null, concessao_valor numeric default null,
  prioridade integer default 100, preparacao text default null,
  colunas_identidade text[] default '{}', colunas_acompanham text[] default null, dependencias text[] default '{}',
  requisitos text default null, colunas_resumo text[] default '{}', coluna_filial text default null
)
returns audit.regras
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_defeito text;
  v_operacao bigint;
  v_concede boolean := num_nonnulls(registrar_regra.concessao_correcoes, registrar_regra.concessao_valor) > 0;
begin
  if coalesce(cardinality(array_remove(registrar_regra.colunas, null)), 0) = 0 then
    raise exception using errcode = 'NC011',
      message = format('regra %s recusada: faltam as colunas pelas quais ela decide', coalesce(registrar_regra.nome, 'sem nome')),
      detail = 'colunas está vazio.',
      hint = 'Informe ao menos uma coluna da tabela, como array[''categoria'']: um achado vale enquanto os valores delas não mudam.';
  end if;
  insert into audit.regras (nome, descricao, funcao, preparacao, tabela, coluna_chave, coluna_data, coluna_carga, coluna_valor,
    coluna_filial, colunas, colunas_identidade, colunas_acompanham, colunas_resumo, dependencias, requisitos, confianca_base, limiar, automatica,
    concessao_correcoes, concessao_valor, concedida_em, concedida_por, prioridade, registrada_por)
  values (registrar_regra.nome, registrar_regra.descricao, registrar_regra.funcao, registrar_regra.preparacao,
    -- one spelling for each table, because findings are compared and looked up by it
    coalesce(case when audit_interno.nome_qualificado(registrar_regra.tabela)
      then audit_interno.nome_sql(audit_interno.relacao(registrar_regra.tabela)) end, registrar_regra.tabela), registrar_regra.coluna_chave, registrar_regra.coluna_data, registrar_regra.coluna_carga,
    registrar_regra.coluna_valor, registrar_regra.coluna_filial,
    (select array_agg(distinct c order by c) from unnest(registrar_regra.colunas) as c),
    coalesce(registrar_regra.colunas_identidade, '{}'),
    coalesce(registrar_regra.colunas_acompanham, array_remove(array[registrar_regra.coluna_carga], null)),
    coalesce(registrar_regra.colunas_resumo, '{}'), coalesce(registrar_regra.dependencias, '{}'), registrar_regra.requisitos, registrar_regra.confianca_base,
    registrar_regra.limiar, registrar_regra.concessao_correcoes is not null, registrar_regra.concessao_correcoes, registrar_regra.concessao_valor,
    case when v_concede then clock_timestamp() end, case when v_concede then audit_interno.ator() end, registrar_regra.prioridade, audit_interno.ator())
  returning * into v_regra;
  v_defeito := coalesce((
      select format('dependência desconhecida: %s', string_agg(d, ', ')) from unnest(v_regra.dependencias) as d
      where not audit_interno.dependencia_conhecida(d) having count(*) > 0),
    audit_interno.conferir_regra(v_regra), audit_interno.colunas_ausentes(v_regra.tabela, v_regra.colunas_resumo),
    audit_interno.conferir_tipos(v_regra), audit_interno.experimentar_regra(v_regra));
  if v_defeito is not null then
    raise exception using errcode = 'NC011', message = format('regra %s recusada: %s', registrar_regra.nome, v_defeito);
  end if;
  v_operacao := audit_interno.abrir_operacao('regra', regra => v_regra.nome, motivo => v_regra.descricao,
    detalhes => jsonb_build_object('depois', to_jsonb(v_regra)));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_regra;
exception
  when unique_violation then
    raise exception using errcode = 'NC011', message = format('já existe a regra %s', registrar_regra.nome),
      hint = 'Para mudá-la, use audit.alterar_regra.';
  when check_violation or not_null_violation or numeric_value_out_of_range then
    raise exception using errcode = 'NC011', message = format('regra %s recusada: %s', coalesce(registrar_regra.nome, 'sem nome'), sqlerrm),
      hint = 'nome: minúsculas, dígitos e _; confianca_base e limiar: de 0 a 1; colunas: ao menos uma; concessao_correcoes e concessao_valor: maiores que zero, as duas ou nenhuma.';
end
$$;
comment on function audit.registrar_regra(text, text, text, text, text, text[], text, text, text, numeric, numeric, bigint, numeric, integer, text, text[], text[], text[], text, text[], text) is
  'Registers a detection rule. funcao: schema-qualified STABLE function f(audit.janela) returning setof audit.achado, with its search_path pinned; give only its name; it is tried on up to 100 rows, and the trial is undone. coluna_data: a date; coluna_carga: a time or date; coluna_valor: a number. colunas: what it decides by and may correct. colunas_identidade: columns that identify the entry (supplier, document, date); without them, nobody notices when a key goes to another entry. colunas_acompanham: columns that the warehouse may change by itself on an update; null is coluna_carga. colunas_resumo: columns by which a person recognises the entry, in the order in which they are shown. dependencias: schemas, functions or views that its code uses without naming them. coluna_filial: the branch, for months that are closed for one branch only. requisitos: a function g() that returns what the rule still lacks as text, or null. concessao_correcoes and concessao_valor: how many corrections at or above limiar, and of how much money, auto mode may make before people''s answers have proved the rule; without them it only detects. Returns the rule. Errors: NC011 says what is wrong with it, 57014 the trial took longer than statement_timeout.';
grant execute on function audit.registrar_regra(text, text, text, text, text, text[], text, text, text, numeric, numeric, bigint, numeric, integer, text, text[], text[], text[], text, text[], text) to conferente_administrador;
