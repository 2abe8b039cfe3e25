"""What carriers have in common that hold the phone themselves and are spoken to by HTTP.

``rest`` asks their REST APIs, ``frames`` reads their media sockets, ``words`` says what their
outcomes mean, ``desk`` knows the calls of an account and who hears of them. Each such carrier is a
package beside this one, with a ``SPEC``; it knows this one, and this one knows none of them.
"""
