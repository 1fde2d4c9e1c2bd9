# Files that the programs of this build write themselves, made of the tables of their commands.

# written_file(FILE PROGRAM argument...): what the program prints.
function(written_file file program)
    add_custom_command(OUTPUT ${file} COMMAND ${program} ${ARGN} > ${file} DEPENDS ${program} VERBATIM)
endfunction()

# install_man_page(NAME SECTION): of freshet or freshetd.
function(install_man_page name section)
    set(page ${PROJECT_BINARY_DIR}/man/${name}.${section})
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/man)
    written_file(${page} freshet_tool man-page ${name})
    add_custom_target(man_page_of_${name} ALL DEPENDS ${page})
    install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endfunction()

# install_completions(TARGET NAME): where bash-completion, zsh and fish look for those of the program.
function(install_completions program name)
    set(folder ${PROJECT_BINARY_DIR}/completions)
    file(MAKE_DIRECTORY ${folder})
    foreach(shell_folder_file bash:bash-completion/completions:${name} zsh:zsh/site-functions:_${name}
            fish:fish/vendor_completions.d:${name}.fish)
        string(REPLACE ":" ";" parts ${shell_folder_file})
        list(GET parts 0 shell)
        list(GET parts 1 destination)
        list(GET parts 2 file)
        written_file(${folder}/${file} ${program} completion ${shell})
        list(APPEND scripts ${folder}/${file})
        install(FILES ${folder}/${file} DESTINATION ${CMAKE_INSTALL_DATADIR}/${destination})
    endforeach()
    add_custom_target(completions_of_${name} ALL DEPENDS ${scripts})
endfunction()
