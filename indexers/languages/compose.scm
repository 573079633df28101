; name = "compose"
; keyed = true
; places = ['(?:^|/)(?:docker-)?compose(?:[.-][^/]*)?\.ya?ml$']
; self_names = []

services.*                        @definition.service
volumes.*                         @definition.volume
networks.*                        @definition.network
secrets.*                         @definition.secret
configs.*                         @definition.config

services.*.depends_on.-           @reference.call
services.*.depends_on.*           @reference.call
services.*.links.-                @reference.call
services.*.extends                @reference.call
services.*.extends.service        @reference.call
services.*.extends.file           @reference.import
services.*.volumes_from.-         @reference.call
services.*.volumes.-              @reference.type
services.*.volumes.-.source       @reference.type
services.*.networks.-             @reference.type
services.*.networks.*             @reference.type
services.*.secrets.-              @reference.type
services.*.secrets.-.source       @reference.type
services.*.configs.-              @reference.type
services.*.configs.-.source       @reference.type
include.-                         @reference.import
include.-.path                    @reference.import
