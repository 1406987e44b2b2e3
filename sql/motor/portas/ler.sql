-- The door through which the engine reads. Runs a query of the engine's own making as conferente_regra, which can write nothing here
-- (25006), and returns its rows. Everything in it, rules included, sees the one snapshot of the calling statement, so what a rule found and
-- what the rows held belong together. textos is $2 of the query; janela is $1 (data_inicio) and $3 to $6, one parameter a side, because Citus
-- gives a node no parameter of a type of ours.
--
-- Only the rows come out. Everything else that foreign code does in the session is rolled back: settings, cursors that would run at commit,
-- temporary and large objects. What no rollback undoes (locks of the session, prepared statements) is refused.
--
-- Days are counted in agenda.fuso for everybody, and code, proposals and rows are written the same way whatever the caller's settings:
-- otherwise one finding would have another identity in each session. Called wherever a rule runs or a row of the warehouse is read; only
-- conferente_dono may.
-- Its owner is conferente_regra; where Citus is, conferente_escrita (audit_interno.preparar_nos).
grant create on schema audit_interno to conferente_regra, conferente_escrita;
do $$
begin
  perform set_config('role', coalesce((
    select p.proowner::regrole::text from pg_catalog.pg_proc p
    where p.oid = pg_catalog.to_regprocedure('audit_interno.ler(text, audit.janela, text[])')), 'conferente_regra'), true);
end
$$;

create or replace function audit_interno.ler(consulta text, janela audit.janela default null, textos text[] default null)
returns setof record
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
set xmlbinary = base64
set xmloption = content
set quote_all_identifiers = off
set array_nulls = on
set transform_null_equals = off
set standard_conforming_strings = on
as $$
declare
  v_ficam text := audit_interno.ficam();
  v_lido boolean := false;
begin
  if current_user not in ('conferente_regra', 'conferente_escrita') then -- its owner may alter a function: foreign code that ran behind this door could have, for the next call
    raise exception using errcode = 'NC012', message = 'código do data warehouse ou de uma regra alterou as funções por onde o Conferente lê e grava',
      hint = 'Tudo o que ele fez foi desfeito.';
  end if;
  begin
    -- holds until the end of this block, a subtransaction; nothing that runs in it can undo it
    perform set_config('transaction_read_only', 'on', true), set_config('timezone', audit.fuso(), true);
    perform audit_interno.so_ler_nos();
    return query execute ler.consulta
      using (ler.janela).data_inicio, ler.textos, (ler.janela).data_fim, (ler.janela).carregado_desde, (ler.janela).carregado_ate, (ler.janela).chaves;
    v_lido := true;
    raise exception using errcode = 'NC999', message = 'lido';
  exception when sqlstate 'NC999' then
    if not v_lido then
      raise exception using errcode = 'NC012', message = format('código do data warehouse ou de uma regra usou o código de erro NC999, que é do Conferente: %s', sqlerrm);
    end if;
  end;
  if audit_interno.ficam() <> v_ficam then
    raise exception using errcode = 'NC012', message = 'código do data warehouse ou de uma regra deixou uma trava ou um comando preparado',
      hint = 'Uma regra e uma visão só leem: não travam linhas nem preparam comandos (prepare).';
  end if;
end
$$;
comment on function audit_interno.ler(text, audit.janela, text[]) is
  'Rows of a query that runs as conferente_regra and can write nothing: select … from audit_interno.ler(query, janela, textos) as x (column type, …). 25006 when anything in it tries to write.';
revoke execute on function audit_interno.ler(text, audit.janela, text[]) from public;
grant execute on function audit_interno.ler(text, audit.janela, text[]) to conferente_dono;

set local role conferente_dono;
revoke create on schema audit_interno from conferente_regra, conferente_escrita;
