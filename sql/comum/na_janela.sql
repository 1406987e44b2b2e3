-- The condition that a rule puts on each row of its relation. The planner inlines it, so an index on the date, the load time or the key can
-- be used; it therefore pins no search_path, and the rule's own applies. Pass null for a column that the relation lacks: where
-- audit.na_janela(janela, l.data_lancamento, l.carregado_em, l.id).
create or replace function audit.na_janela(janela audit.janela, dia date, carga timestamptz, chave anyelement)
returns boolean
language sql
stable parallel safe
as $$
  select (janela.data_inicio is null or dia >= janela.data_inicio)
    and (janela.data_fim is null or dia <= janela.data_fim)
    and (janela.carregado_desde is null or carga >= janela.carregado_desde)
    and (janela.carregado_ate is null or carga < janela.carregado_ate)
    -- the cast needs only the type of the key
    and (janela.chaves is null or chave = any (audit_interno.chaves_como(janela.chaves, case when false then chave end)))
$$;
comment on function audit.na_janela(audit.janela, date, timestamptz, anyelement) is 'Whether a row lies in the window, by its booking date, load time and key. 22P02 when a key of the window cannot be read as the key''s type.';
grant execute on function audit.na_janela(audit.janela, date, timestamptz, anyelement) to conferente_regra;
