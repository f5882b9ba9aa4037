# frozen_string_literal: true

# What a spare worker does before it is a function's: it says that it is up, waits to be told its
# function, and takes that function's variables and folder in place of its own. Loaded by
# bootstrap.rb into a nameless module, only in a spare worker.

wire = IO.for_fd(CrosswayRuntime::WIRE_FD, "r+b", autoclose: false)

read = lambda do |size|
  bytes = String.new(encoding: Encoding::BINARY)
  bytes << wire.readpartial(size - bytes.bytesize) while bytes.bytesize < size
  bytes
rescue EOFError, SystemCallError
  exit!(1) # Crossway is gone.
end

wire.syswrite(".")
told = JSON.parse(read.call(read.call(4).unpack1("N")).force_encoding(Encoding::UTF_8))
ENV.clear
ENV.update(told["environment"])
Dir.chdir(told["directory"])
# Where gems are depends on the version that the function asked for.
Gem.clear_paths if defined?(Gem)
