-- Closes months of the books: nothing more is written into them. Corrections under way come first: this waits for them, here and at the
-- commit (esperar_gravacoes). Nobody waits for this: it releases the lock that shows that nobody writes at once, or a closing left open in
-- psql would stop every correction. A month already closed stays as it is. A branch that the ledger does not know is refused, because
-- closing it would close nothing; a month that has not begun, because the slip would show only when it begins.
create or replace function audit.fechar_periodo(mes date, motivo text, filial text default null, ate date default null)
returns setof audit.periodos
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(fechar_periodo.motivo);
  v_filial text := nullif(btrim(fechar_periodo.filial), '');
  v_fechados audit.periodos[];
  v_operacao bigint;
  v_estranha text;
  v_conhecidas text;
begin
  perform audit_interno.recusar_de_dentro();
  if mes is null or not isfinite(mes) or not coalesce(isfinite(ate), true) or coalesce(ate < mes, false) or coalesce(ate > mes + 36600, false)
    or extract(year from mes) not between 1 and 9999
  then
    raise exception using errcode = 'NC009', message = format('período inválido: de %s a %s', coalesce(mes::text, 'nulo'), coalesce(ate, mes)),
      hint = 'mes é um dia qualquer do mês a fechar; com ate, fecham-se todos os meses até o mês dele, no máximo cem anos.';
  end if;
  if date_trunc('month', coalesce(ate, mes)::timestamp) > audit.hoje() then
    raise exception using errcode = 'NC009', message = format('o mês %s ainda não começou', to_char(coalesce(ate, mes), 'MM/YYYY')),
      hint = 'Nada foi fechado. Fecham-se meses até o atual.';
  end if;
  if filial is not null and (coalesce(audit_interno.dobrar_filial(v_filial), '') = '' or length(v_filial) > 200) then
    raise exception using errcode = 'NC009', message = 'filial inválida: precisa ter de 1 a 200 caracteres, como está no data warehouse',
      hint = 'Sem filial, fecha-se o mês da empresa toda.';
  end if;
  select f.filial, f.conhecidas into v_estranha, v_conhecidas
  from audit_interno.filiais_desconhecidas(array_remove(array[v_filial], null)) f;
  if v_estranha is not null then
    raise exception using errcode = 'NC009', message = format('filial desconhecida: nenhum lançamento tem %s', v_estranha),
      hint = format('Nada foi fechado. Parecidas: %s. Maiúsculas, acentos e espaços não importam.', v_conhecidas);
  end if;
  with fechado as (
    insert into audit.periodos (mes, filial, motivo, fechado_por)
    select m::date, v_filial, v_motivo, audit_interno.ator()
    from generate_series(date_trunc('month', mes::timestamp), date_trunc('month', coalesce(ate, mes)::timestamp), interval '1 month') as m
    on conflict do nothing
    returning *
  )
  select array_agg(f::audit.periodos order by f.mes) into v_fechados from fechado f;
  if v_fechados is null then
    raise exception using errcode = 'NC005', message = format('já está fechado: %s%s', to_char(mes, 'MM/YYYY'), coalesce(' da filial ' || v_filial, '')),
      hint = 'Nada foi feito. O que está fechado: select * from audit.periodos_fechados().';
  end if;
  v_operacao := audit_interno.abrir_operacao('periodo', motivo => v_motivo, detalhes => jsonb_build_object('fechados', to_jsonb(v_fechados)));
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_fechados));
  begin
    perform audit_interno.esperar_gravacoes();
    raise exception using errcode = 'NC999', message = 'ninguém grava';
  exception when sqlstate 'NC999' then
    null; -- the lock is released
  end;
  return query select * from unnest(v_fechados);
end
$$;
comment on function audit.fechar_periodo(date, text, text, date) is
  'Closes the month of a day (with ate, all months up to that of ate), for the whole company or one branch (case, accents and blanks do not matter). Returns what was closed. Errors: NC005 all of it is already closed, NC006 reason missing, NC009 not a month, one that has not begun, or a branch that no entry has, 55P03 corrections under way did not end within ten seconds.';
grant execute on function audit.fechar_periodo(date, text, text, date) to conferente_administrador;
