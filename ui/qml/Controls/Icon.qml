// One icon of qml/Icons in one colour.
import QtQuick

Image {
    property string name
    property color colour: Theme.ink
    property int size: Theme.px(48)

    width: size
    height: size
    // Both sides at once, and nothing while there is no room yet: each change draws it anew.
    sourceSize: Qt.size(size, size)
    source: name === "" || size <= 0 ? "" : "image://icon/" + name + "/" + String(colour).slice(-6)
}
