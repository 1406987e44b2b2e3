-- A person declares that a row is right, whatever the rule says, until a date. An open finding of that rule on it closes.
create or replace function audit.declarar_excecao(regra text, tabela text, registro_id text, motivo text, expira_em timestamptz)
returns audit.excecoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(declarar_excecao.motivo);
  v_regra audit.regras;
  v_relacao regclass;
  v_registro text; -- the key as the row itself writes it
  v_entrada jsonb;
  v_excecao audit.excecoes;
  v_fechadas bigint[];
  v_operacao bigint;
  v_aviso text;
begin
  select * into v_regra from audit.regras r where r.nome = declarar_excecao.regra;
  v_relacao := audit_interno.relacao(v_regra.tabela);
  if v_regra.nome is null or audit_interno.relacao(declarar_excecao.tabela) is distinct from v_relacao then
    raise exception using errcode = 'NC003', message = format('a regra %s não existe ou não é da tabela %s',
      coalesce(declarar_excecao.regra, 'nula'), coalesce(declarar_excecao.tabela, 'nula'));
  end if;
  if declarar_excecao.expira_em is null or declarar_excecao.expira_em <= clock_timestamp() then
    raise exception using errcode = 'NC018', message = 'a exceção precisa expirar no futuro',
      detail = format('informado: %s', coalesce(declarar_excecao.expira_em::text, 'nulo'));
  end if;
  begin
    select l.registro_id, l.entrada into v_registro, v_entrada
    from audit_interno.ler(format('select t.%1$I::text, %2$s from %3$s t where t.%1$I = $2[1]::%4$s', v_regra.coluna_chave,
      audit_interno.expressao_imagens(v_relacao, v_regra.colunas_identidade), audit_interno.nome_sql(v_relacao),
      audit_interno.tipo_coluna(v_relacao, v_regra.coluna_chave)), null, array[declarar_excecao.registro_id]) as l (registro_id text, entrada jsonb);
  exception when data_exception then
    v_registro := null;
  end;
  if v_registro is null then
    raise exception using errcode = 'NC004', message = format('registro desconhecido em %s: %s', v_regra.tabela, coalesce(declarar_excecao.registro_id, 'nulo'));
  end if;

  v_operacao := audit_interno.abrir_operacao('excecao', regra => v_regra.nome, motivo => v_motivo);
  insert into audit.excecoes (operacao_id, regra, tabela, registro_id, entrada, motivo, autor, expira_em)
  values (v_operacao, v_regra.nome, v_regra.tabela, v_registro, v_entrada, v_motivo, v_ator, declarar_excecao.expira_em)
  returning * into v_excecao;
  with fechada as (
    update audit.divergencias_processadas d
    set status = 'rejeitada', motivo = v_motivo, decidida_em = clock_timestamp(), decidida_por = v_ator, proposta_por = null,
      valores_digitados = null
    where d.tabela = v_regra.tabela and d.registro_id = v_excecao.registro_id and d.regra = v_regra.nome
      and audit.aguarda_pessoa(d.status)
    returning d.id, d.confianca
  ), dita as (
    insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, confianca)
    select v_operacao, f.id, 'excecao', v_ator, v_motivo, f.confianca from fechada f
    returning divergencia_id
  )
  select coalesce(array_agg(d.divergencia_id), '{}') into v_fechadas from dita d;
  perform audit_interno.contar_decisoes(v_fechadas, false);
  perform audit_interno.fechar_operacao(v_operacao, 1);
  v_aviso := audit.excecao_aviso(v_excecao);
  if v_aviso is not null then
    raise warning using errcode = 'NC032', message = v_aviso, hint = 'A exceção foi gravada; com esta regra, as próximas sessões só detectam.';
  end if;
  return v_excecao;
end
$$;
comment on function audit.declarar_excecao(text, text, text, text, timestamptz) is
  'Declares a row right for a rule until expira_em; open findings of the rule on it are rejected. Returns the exception. Errors: NC003 rule unknown or of another table, NC004 row unknown, NC006 reason missing, NC018 expiry missing or past. Warning NC032: the rule lost auto; the message names the command that gives it back.';
grant execute on function audit.declarar_excecao(text, text, text, text, timestamptz) to conferente_revisor;
