-- Back-tests a rule, and if asked another version of it, over a past window. Everything runs in subtransactions that are
-- rolled back: no finding, no statistic and no row of the warehouse is changed when it returns. Rows that were corrected or
-- mended since are put back for the rule's eyes only; until it returns nobody else can change them.
create or replace function audit.avaliar_regra(regra text, data_inicio date, data_fim date, outra_funcao text default null)
returns setof audit.avaliacao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_versao audit.regras;
  v_funcao text;
  v_defeito text;
  v_linhas audit.avaliacao[] := array[]::audit.avaliacao[];
begin
  select * into v_regra from audit.regras r where r.nome = avaliar_regra.regra;
  if not found then
    raise exception using errcode = 'NC003', message = format('regra desconhecida: %s', coalesce(avaliar_regra.regra, 'nula')),
      hint = 'Existem: ' || (select string_agg(r.nome, ', ' order by r.nome) from audit.regras r) || '.';
  end if;
  if not coalesce(isfinite(data_inicio) and isfinite(data_fim), false) then
    raise exception using errcode = 'NC001', message = 'faltam data_inicio e data_fim, duas datas do calendário',
      hint = 'Uma avaliação olha uma janela do passado.';
  end if;
  if data_inicio > data_fim then
    raise exception using errcode = 'NC002', message = format('janela invertida: %s é depois de %s', data_inicio, data_fim);
  end if;

  foreach v_funcao in array array_remove(array[v_regra.funcao, outra_funcao], null) loop
    v_versao := v_regra;
    v_versao.funcao := v_funcao;
    v_defeito := audit_interno.conferir_regra(v_versao);
    if v_defeito is not null then
      raise exception using errcode = 'NC011', message = format('não se avalia %s: %s', v_funcao, v_defeito);
    end if;
    if v_funcao = 'regras.pendente_verificacao' then
      begin
        v_linhas := v_linhas || array(
          select a from audit_interno.avaliar_retroteste(v_versao, avaliar_regra.data_inicio, avaliar_regra.data_fim) a);
        raise exception using errcode = 'NC999', message = 'simulação';
      exception when sqlstate 'NC999' then
        null; -- v_linhas stays, all else is undone
      end;
    end if;
    begin
      v_linhas := v_linhas || array(
        select a from audit_interno.avaliar_decisoes(v_versao, avaliar_regra.data_inicio, avaliar_regra.data_fim) a);
      raise exception using errcode = 'NC999', message = 'simulação';
    exception when sqlstate 'NC999' then
      null;
    end;
  end loop;
  return query select * from unnest(v_linhas);
end
$$;
comment on function audit.avaliar_regra(text, date, date, text) is
  'Back-tests a rule over a window of booking dates, both included, and changes nothing. What it finds, with the window''s rows as they were before they were mended, is judged by people''s decisions and by what the rows held later (fonte decisoes); for pendente_verificacao also entries with a real category are asked as if they were pending (fonte retroteste). One line for each band of confidence (reliability table), then só aponta, no limiar and total, where erro_calibracao is the expected calibration error: sum over bands of n_band / n * |precisao - confianca_media| (Naeini et al. 2015; Guo et al. 2017). Shares and confidences go from 0 to 1. outra_funcao: another version of the rule''s function, tried on the same rows and told apart by funcao. Recall of the registered function is bounded by what it found itself. Errors: NC001 a date is missing or infinite, NC002 window reversed, NC003 unknown rule, NC011 a function that is no rule, NC012 a rule that returns nonsense, 55P03 a row is being changed.';
revoke execute on function audit.avaliar_regra(text, date, date, text) from public;
grant execute on function audit.avaliar_regra(text, date, date, text) to conferente_revisor, conferente_operador, conferente_administrador;
