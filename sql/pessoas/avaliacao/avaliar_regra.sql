-- Back-tests a rule, and on request another version of it, over a past window. Everything runs in subtransactions that are rolled back: no
-- finding, statistic or row of the warehouse has changed when it returns. Rows that were corrected or fixed since are put back for the
-- rule's eyes only; until it returns nobody else can change them. The rule runs as in a session, as conferente_regra. Reviewers may call
-- this, so outra_funcao must belong to somebody who may register rules.
create or replace function audit.avaliar_regra(regra text, data_inicio date, data_fim date, outra_funcao text default null)
returns setof audit.avaliacao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_versao audit.regras;
  v_funcoes text[];
  v_funcao text;
  v_defeito text;
begin
  select * into v_regra from audit.regras r where r.nome = avaliar_regra.regra;
  if not found then
    raise exception using errcode = 'NC003', message = format('regra desconhecida: %s', coalesce(avaliar_regra.regra, 'nula')),
      hint = 'Existem: ' || (select string_agg(r.nome, ', ' order by r.nome) from audit.regras r) || '.';
  end if;
  if not coalesce(isfinite(data_inicio) and isfinite(data_fim), false) then
    raise exception using errcode = 'NC001', message = 'faltam data_inicio e data_fim',
      hint = 'Informe o período do passado que a avaliação deve olhar.';
  end if;
  if data_inicio > data_fim then
    raise exception using errcode = 'NC002', message = format('datas invertidas: %s vem depois de %s', data_inicio, data_fim);
  end if;

  v_funcoes := array_remove(array[v_regra.funcao, outra_funcao], null);
  v_versao := v_regra;
  foreach v_funcao in array v_funcoes loop
    v_versao.funcao := v_funcao;
    v_defeito := coalesce(audit_interno.conferir_regra(v_versao), audit_interno.conferir_requisitos(v_versao));
    -- an administrator accepted the registered function
    if v_defeito is null and v_funcao = outra_funcao then
      perform audit_interno.exigir_dono(outra_funcao);
    end if;
    if v_defeito is not null then
      raise exception using errcode = 'NC011', message = format('%s não pode ser avaliada: %s', v_funcao, v_defeito);
    end if;
  end loop;
  foreach v_funcao in array v_funcoes loop
    v_versao.funcao := v_funcao;
    return query select * from audit_interno.avaliar_versao(v_versao, avaliar_regra.data_inicio, avaliar_regra.data_fim,
      nullif(case when v_funcao = outra_funcao then v_regra.funcao else outra_funcao end, v_funcao));
  end loop;
end
$$;
comment on function audit.avaliar_regra(text, date, date, text) is
  'Back-tests a rule over a window of booking dates, both included, and changes nothing. Its findings, on the window''s rows as they were before they were corrected, are compared with people''s decisions and with what the rows held later (fonte decisoes). For pendente_verificacao, entries with a real category are also tested as if they were pending (fonte retroteste). One line for each band of confidence (reliability table), then só aponta, no limiar and total, where erro_calibracao is the expected calibration error: sum over bands of n_band / n * |precisao - confianca_media| (Naeini et al. 2015; Guo et al. 2017). Shares and confidences go from 0 to 1. outra_funcao: another version of the rule''s function, tried on the same rows and distinguished by funcao; it must be fit for registration, and belong to a superuser or a member of conferente_dono or conferente_administrador. The recall of the registered function covers only what it found itself. Errors: NC001 a date is missing or infinite, NC002 window reversed, NC003 unknown rule, NC011 a function that is not a rule or does not pin its search_path, 42501 outra_funcao belongs to somebody who could not register it, NC012 a rule that returns invalid results, 55P03 a row is being changed.';
revoke execute on function audit.avaliar_regra(text, date, date, text) from public;
grant execute on function audit.avaliar_regra(text, date, date, text) to conferente_revisor, conferente_operador, conferente_administrador;
