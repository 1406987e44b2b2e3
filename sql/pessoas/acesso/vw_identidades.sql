-- The present owner of each name.
create or replace view audit.vw_identidades as
select i.nome, i.pessoa, i.registrada_em, i.registrada_por
from (
  select distinct on (audit_interno.chave_pessoa(x.nome)) x.* from audit.identidades x order by audit_interno.chave_pessoa(x.nome), x.id desc
) as i
where i.pessoa is not null;
comment on view audit.vw_identidades is 'Logins and token subjects that are tied to a person with another name.';
comment on column audit.vw_identidades.nome is 'Login, or subject of a token. Key.';
comment on column audit.vw_identidades.pessoa is 'Person to whom the name belongs too.';
comment on column audit.vw_identidades.registrada_em is 'When they were tied.';
comment on column audit.vw_identidades.registrada_por is 'By whom.';
