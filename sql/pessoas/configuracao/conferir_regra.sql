-- What is wrong with a rule as registered, in one sentence, or null. Called when a rule is registered, by every session, by back-tests and
-- by diagnostico.
create or replace function audit_interno.conferir_regra(regra audit.regras)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_funcao regprocedure;
  v_tabela regclass;
  v_proc pg_proc;
  v_nome text;
  v_faltam text;
  v_defeito text;
begin
  foreach v_nome in array array_remove(array[regra.funcao, regra.preparacao], null) loop
    if not audit_interno.nome_qualificado(v_nome) then
      return format('a função se informa pelo nome com o esquema, sem argumentos, como regra_trade_marketing.detectar, e não %L', v_nome);
    end if;
    -- a temporary name means another function in another session, of the role that runs the rule
    if (parse_ident(v_nome))[1] ~ '^pg_(toast_)?temp' or exists (
      select from pg_proc p
      where p.oid = audit_interno.funcao_da_janela(v_nome)
        and (p.pronamespace = pg_my_temp_schema() or pg_is_other_temp_schema(p.pronamespace)))
    then
      return format('a função %s está num esquema temporário, que só uma conexão vê', v_nome);
    end if;
  end loop;
  v_funcao := audit_interno.funcao_da_janela(regra.funcao);
  if v_funcao is null then
    return format('não existe a função %s(audit.janela)', regra.funcao);
  end if;
  select * into v_proc from pg_proc p where p.oid = v_funcao;
  if v_proc.prorettype <> 'audit.achado'::regtype or not v_proc.proretset then
    return format('a função %s deve devolver setof audit.achado', regra.funcao);
  end if;
  if v_proc.provolatile = 'v' then
    return format('a função %s deve ser stable: só assim ela lê o mesmo instante (snapshot) que o motor e não grava nada', regra.funcao);
  end if;
  if regra.preparacao is not null and audit_interno.funcao_da_janela(regra.preparacao) is null then
    return format('não existe a função de preparação %s(audit.janela)', regra.preparacao);
  end if;
  foreach v_nome in array array_remove(array[regra.funcao, regra.preparacao], null) loop
    v_defeito := audit_interno.conferir_caminho(v_nome);
    if v_defeito is not null then
      return v_defeito;
    end if;
  end loop;
  if not audit_interno.nome_qualificado(regra.tabela) then
    return format('a tabela se informa como esquema.tabela, e não %L', regra.tabela);
  end if;
  v_tabela := audit_interno.relacao(regra.tabela);
  if v_tabela is null then
    return format('não existe a tabela %s', regra.tabela);
  end if;
  if audit_interno.distribuida(v_tabela) and v_proc.prolang = (select l.oid from pg_language l where l.lanname = 'sql') then
    return format('a função %s é language sql, e %s é distribuída: o Citus não aceita parâmetros numa função assim. Escreva-a em plpgsql',
      regra.funcao, regra.tabela);
  end if;
  -- without colunas_resumo: a gap in the summary costs no rule its session
  v_faltam := audit_interno.colunas_ausentes(regra.tabela, regra.colunas || regra.colunas_identidade || regra.colunas_acompanham
    || array[regra.coluna_chave, regra.coluna_data, regra.coluna_carga, regra.coluna_valor, regra.coluna_filial]);
  if v_faltam is not null then
    return v_faltam;
  end if;
  if array_position(regra.colunas, null) is not null then
    return 'há um nome de coluna nulo';
  end if;
  if regra.coluna_chave = any (regra.colunas || regra.colunas_identidade || regra.colunas_acompanham) then
    return format('a chave %s não pode estar entre as colunas pelas quais a regra decide, as que identificam o lançamento ou as que acompanham', regra.coluna_chave);
  end if;
  return null;
end
$$;
comment on function audit_interno.conferir_regra(audit.regras) is 'Why a rule cannot run, or null.';
