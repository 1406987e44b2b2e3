-- Who may sign in now.
create or replace view audit.vw_pessoas as
select p.nome, p.papel, p.endereco, p.registrada_em, p.registrada_por
from (select distinct on (x.nome) x.* from audit.pessoas x order by x.nome, x.id desc) as p
where p.papel is not null;
comment on view audit.vw_pessoas is 'People who may sign in, as administrators registered them.';
comment on column audit.vw_pessoas.nome is 'Person, in the one spelling by which decisions record people. Key.';
comment on column audit.vw_pessoas.papel is 'Role that signing in gives.';
comment on column audit.vw_pessoas.endereco is 'Mail address to which a one-time link may be sent; null when none.';
comment on column audit.vw_pessoas.registrada_em is 'When it was registered.';
comment on column audit.vw_pessoas.registrada_por is 'By whom.';
