-- The labels of the example's ledger, as settings: which categories mean pending, and which one is marketing. The product ships none.
create or replace function exemplo.rotulos()
returns table (chave text, valor jsonb)
language sql
immutable parallel safe
set search_path = ''
as $$
  values
    ('pendente.rotulos', '["PENDENTE DE VERIFICAÇÃO", "A CLASSIFICAR"]'::jsonb),
    ('trade_marketing.categoria', '"Trade Marketing"')
$$;

comment on function exemplo.rotulos() is
  'Example warehouse: the settings that name its labels, to be set with audit.alterar_configuracao (chave, valor).';

revoke execute on function exemplo.rotulos() from public;
